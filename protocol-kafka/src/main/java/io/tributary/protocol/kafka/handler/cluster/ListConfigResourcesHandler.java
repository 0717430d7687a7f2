package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;

/** ListConfigResources (KIP-1142): topics and this broker have configs. Version 0 asks for those of client metrics, of which there are none. */
public final class ListConfigResourcesHandler extends ApiHandler<ListConfigResourcesRequest> {
    private static final Set<Type> LISTED = EnumSet.of(Type.TOPIC, Type.BROKER, Type.BROKER_LOGGER, Type.CLIENT_METRICS, Type.GROUP);

    private final TopicLookup lookup;
    private final int nodeId;

    public ListConfigResourcesHandler(Broker broker) {
        super(ApiKeys.LIST_CONFIG_RESOURCES, ListConfigResourcesRequest.class);
        this.lookup = new TopicLookup(broker.topics());
        this.nodeId = broker.nodeId();
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ListConfigResourcesRequest request) {
        call.caller().requireOnCluster(Operation.DESCRIBE_CONFIGS);
        Set<Type> wanted = EnumSet.noneOf(Type.class);
        for (byte id : request.data().resourceTypes()) {
            Type type = Type.forId(id);
            if (!LISTED.contains(type)) {
                throw new UnsupportedVersionException("resource type " + id + " is not known");
            }
            wanted.add(type);
        }
        if (wanted.isEmpty() && call.version() > 0) {
            wanted = LISTED;
        }
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (wanted.contains(Type.TOPIC)) {
            lookup.visible(call).forEach(topic -> add(response, Type.TOPIC, topic.name().name()));
        }
        if (wanted.contains(Type.BROKER)) {
            add(response, Type.BROKER, Integer.toString(nodeId));
        }
        return Reply.now(response);
    }

    private static void add(ListConfigResourcesResponseData response, Type type, String name) {
        response.configResources().add(new ConfigResource().setResourceType(type.id()).setResourceName(name));
    }
}
