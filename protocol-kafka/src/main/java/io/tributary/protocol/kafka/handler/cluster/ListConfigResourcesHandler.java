package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;

/**
 * ListConfigResources (KIP-1142): topics, this broker and some groups have configs. Version 0 asks for those of client
 * metrics; there are none.
 */
public final class ListConfigResourcesHandler extends ApiHandler<ListConfigResourcesRequest> {
    private static final Set<ConfigResource.Type> LISTED = EnumSet.of(ConfigResource.Type.TOPIC, ConfigResource.Type.BROKER,
        ConfigResource.Type.BROKER_LOGGER, ConfigResource.Type.CLIENT_METRICS, ConfigResource.Type.GROUP);

    private final GroupCoordinators coordinators;
    private final TopicLookup lookup;
    private final int nodeId;

    public ListConfigResourcesHandler(Broker broker, GroupCoordinators coordinators) {
        super(ApiKeys.LIST_CONFIG_RESOURCES, ListConfigResourcesRequest.class);
        this.coordinators = coordinators;
        this.lookup = new TopicLookup(broker.topics());
        this.nodeId = broker.nodeId();
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, ListConfigResourcesRequest request) {
        call.caller().requireOnCluster(Operation.DESCRIBE_CONFIGS);
        Set<ConfigResource.Type> wanted = EnumSet.noneOf(ConfigResource.Type.class);
        for (byte id : request.data().resourceTypes()) {
            ConfigResource.Type type = ConfigResource.Type.forId(id);
            if (!LISTED.contains(type)) {
                throw new UnsupportedVersionException("resource type " + id + " is not known");
            }
            wanted.add(type);
        }
        if (wanted.isEmpty() && call.version() > 0) {
            wanted = LISTED;
        }
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (wanted.contains(ConfigResource.Type.TOPIC)) {
            lookup.visible(call).forEach(topic -> add(response, ConfigResource.Type.TOPIC, topic.name().name()));
        }
        if (wanted.contains(ConfigResource.Type.BROKER)) {
            add(response, ConfigResource.Type.BROKER, Integer.toString(nodeId));
        }
        if (!wanted.contains(ConfigResource.Type.GROUP)) {
            return Reply.now(response);
        }
        return coordinators.configs(call.namespace()).thenApply(configs -> {
            configs.groups().forEach(group -> add(response, ConfigResource.Type.GROUP, group));
            return new Reply.Message(response);
        });
    }

    private static void add(ListConfigResourcesResponseData response, ConfigResource.Type type, String name) {
        response.configResources().add(
            new ListConfigResourcesResponseData.ConfigResource().setResourceType(type.id()).setResourceName(name));
    }
}
