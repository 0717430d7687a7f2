package io.tributary.protocol.kafka.handler.configs;

import io.tributary.core.api.Broker;
import io.tributary.core.api.Topic;
import io.tributary.core.model.TopicConfig;
import io.tributary.core.security.Operation;
import io.tributary.protocol.kafka.coordinator.GroupCoordinators;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.handler.TopicLookup;
import io.tributary.protocol.kafka.telemetry.Telemetry;
import io.tributary.protocol.kafka.translate.KafkaErrors;
import io.tributary.protocol.kafka.translate.TopicSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** DescribeConfigs of topics, groups, client metrics and this broker, with synonyms (KIP-226) and documentation (KIP-569). */
public final class DescribeConfigsHandler extends ApiHandler<DescribeConfigsRequest> {
    private final Broker broker;
    private final BrokerSettings brokerSettings;
    private final TopicLookup lookup;
    private final GroupConfigResource groups;
    private final ClientMetricsResource clientMetrics;

    public DescribeConfigsHandler(Broker broker, BrokerSettings brokerSettings, GroupCoordinators coordinators, Telemetry telemetry) {
        super(ApiKeys.DESCRIBE_CONFIGS, DescribeConfigsRequest.class);
        this.broker = broker;
        this.brokerSettings = brokerSettings;
        this.groups = new GroupConfigResource(coordinators);
        this.clientMetrics = new ClientMetricsResource(telemetry);
        this.lookup = new TopicLookup(broker.topics());
    }

    @Override
    protected CompletionStage<Reply> answer(Call call, DescribeConfigsRequest request) {
        List<CompletableFuture<DescribeConfigsResult>> results = new ArrayList<>();
        for (DescribeConfigsResource resource : request.data().resources()) {
            DescribeConfigsResult result = new DescribeConfigsResult().setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
            results.add(find(call, resource).handle((found, failure) -> failure == null
                ? result.setConfigs(select(found, resource, request))
                : result.setErrorCode(KafkaErrors.of(failure).code()).setErrorMessage(KafkaErrors.message(failure)))
                .toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> new Reply.Message(
            new DescribeConfigsResponseData().setResults(results.stream().map(CompletableFuture::join).toList())));
    }

    private CompletionStage<List<DescribeConfigsResourceResult>> find(Call call, DescribeConfigsResource resource) {
        try {
            if (resource.resourceType() == ConfigResource.Type.CLIENT_METRICS.id()) {
                return clientMetrics.describe(call, resource.resourceName());
            }
            return resource.resourceType() == ConfigResource.Type.GROUP.id()
                ? groups.describe(call, resource.resourceName())
                : CompletableFuture.completedFuture(describe(call, resource));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<DescribeConfigsResourceResult> describe(Call call, DescribeConfigsResource resource) {
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> describeTopic(call, resource.resourceName());
            case BROKER -> describeBroker(call, resource.resourceName());
            default -> throw new InvalidRequestException("no configs are kept for resources of type " + resource.resourceType());
        };
    }

    private List<DescribeConfigsResourceResult> describeTopic(Call call, String name) {
        TopicLookup.Result found = lookup.byName(call, name, Operation.DESCRIBE_CONFIGS);
        Topic topic = found.topic();
        if (topic == null) {
            throw found.error().exception();
        }
        TopicConfig defaults = broker.topics().defaults();
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        for (TopicSetting setting : TopicSetting.values()) {
            String value = setting.read(topic.config());
            String defaultValue = setting.read(defaults);
            boolean set = !value.equals(defaultValue);
            List<DescribeConfigsSynonym> synonyms = new ArrayList<>(2);
            if (set) {
                synonyms.add(synonym(setting.configName(), value, ConfigSource.TOPIC_CONFIG));
            }
            synonyms.add(synonym(setting.brokerName(), defaultValue, ConfigSource.DEFAULT_CONFIG));
            results.add(new DescribeConfigsResourceResult().setName(setting.configName()).setValue(value).setReadOnly(setting.isFixed())
                .setConfigSource((set ? ConfigSource.TOPIC_CONFIG : ConfigSource.DEFAULT_CONFIG).id())
                .setConfigType(setting.type().id()).setDocumentation(setting.documentation()).setSynonyms(synonyms));
        }
        return results;
    }

    private List<DescribeConfigsResourceResult> describeBroker(Call call, String name) {
        call.caller().requireOnCluster(Operation.DESCRIBE_CONFIGS);
        if (name.isEmpty()) {
            // The cluster-wide dynamic defaults: there are none.
            return List.of();
        }
        if (!name.equals(Integer.toString(broker.nodeId()))) {
            throw new InvalidRequestException("the only broker is " + broker.nodeId() + ", not " + name);
        }
        return brokerSettings.describe(broker.topics().defaults());
    }

    private static List<DescribeConfigsResourceResult> select(List<DescribeConfigsResourceResult> all, DescribeConfigsResource resource,
                                                              DescribeConfigsRequest request) {
        List<String> keys = resource.configurationKeys();
        List<DescribeConfigsResourceResult> selected = new ArrayList<>(all.size());
        for (DescribeConfigsResourceResult result : all) {
            if (keys == null || keys.isEmpty() || keys.contains(result.name())) {
                if (!request.data().includeSynonyms()) {
                    result.setSynonyms(List.of());
                }
                if (!request.data().includeDocumentation()) {
                    result.setDocumentation(null);
                }
                selected.add(result);
            }
        }
        return selected;
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }
}
