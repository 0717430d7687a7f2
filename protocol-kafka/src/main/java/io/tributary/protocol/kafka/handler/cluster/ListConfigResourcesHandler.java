package io.tributary.protocol.kafka.handler.cluster;

import io.tributary.core.api.Broker;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupConfigs;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.telemetry.NamespaceTelemetry;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;

/**
 * ListConfigResources (KIP-1142): topics, this broker, some groups and subscriptions to client metrics have configs. Version 0 asks for the
 * last of these.
 */
public final class ListConfigResourcesHandler extends ApiHandler<ListConfigResourcesRequest> {
    private static final Set<ConfigResource.Type> LISTED = EnumSet.of(ConfigResource.Type.TOPIC, ConfigResource.Type.BROKER,
        ConfigResource.Type.BROKER_LOGGER, ConfigResource.Type.CLIENT_METRICS, ConfigResource.Type.GROUP);

    private final GroupCoordinators coordinators;
    private final Telemetry telemetry;
    private final TopicLookup lookup;
    private final int nodeId;

    public ListConfigResourcesHandler(Broker broker, GroupCoordinators coordinators, Telemetry telemetry) {
        super(ApiKeys.LIST_CONFIG_RESOURCES, ListConfigResourcesRequest.class);
        this.coordinators = coordinators;
        this.telemetry = telemetry;
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
        if (wanted.isEmpty()) {
            wanted = call.version() > 0 ? LISTED : EnumSet.of(ConfigResource.Type.CLIENT_METRICS);
        }
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (wanted.contains(ConfigResource.Type.TOPIC)) {
            lookup.visible(call).forEach(topic -> add(response, ConfigResource.Type.TOPIC, topic.name().name()));
        }
        if (wanted.contains(ConfigResource.Type.BROKER)) {
            add(response, ConfigResource.Type.BROKER, Integer.toString(nodeId));
        }
        Set<ConfigResource.Type> rest = wanted;
        CompletionStage<Set<String>> subscriptions = rest.contains(ConfigResource.Type.CLIENT_METRICS) && telemetry.isOn()
            ? telemetry.of(call.namespace()).thenApply(NamespaceTelemetry::subscriptions)
            : CompletableFuture.completedFuture(Set.of());
        CompletionStage<Set<String>> groups = rest.contains(ConfigResource.Type.GROUP)
            ? coordinators.configs(call.namespace()).thenApply(GroupConfigs::groups)
            : CompletableFuture.completedFuture(Set.of());
        return subscriptions.thenCombine(groups, (ofClients, ofGroups) -> {
            ofClients.forEach(name -> add(response, ConfigResource.Type.CLIENT_METRICS, name));
            ofGroups.forEach(name -> add(response, ConfigResource.Type.GROUP, name));
            return new Reply.Message(response);
        });
    }

    private static void add(ListConfigResourcesResponseData response, ConfigResource.Type type, String name) {
        response.configResources().add(
            new ListConfigResourcesResponseData.ConfigResource().setResourceType(type.id()).setResourceName(name));
    }
}
