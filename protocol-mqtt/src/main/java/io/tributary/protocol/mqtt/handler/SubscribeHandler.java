package io.tributary.protocol.mqtt.handler;

import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.Binding;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Filter;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Resource;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.Bindings;
import io.tributary.protocol.mqtt.session.ClientSession;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.session.Packets;
import io.tributary.protocol.mqtt.session.Services;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.state.RetainedStore;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.ErrorMapping;
import io.tributary.protocol.mqtt.translate.InboundTranslation;
import io.tributary.protocol.mqtt.translate.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE and SUBACK (MQTT 5.0 sections 3.8 and 3.9). */
final class SubscribeHandler {
    private static final int FAILURE_311 = 0x80;
    private static final int NEVER_REPLAY = 2;
    private static final int REPLAY_IF_NEW = 1;
    /** A shared subscription's name is the filter. */
    private static final int MAX_SHARED_FILTER = 1024;

    private SubscribeHandler() {
    }

    /** One filter of the packet: what became of it, and what was there before. */
    private record Outcome(FilterOptions options, @Nullable FilterOptions previous, int code) {
        boolean granted() {
            return code < FAILURE_311;
        }
    }

    static void handle(LiveSession live, MqttSubscribeMessage message) {
        MqttMessageIdAndPropertiesVariableHeader header = message.idAndPropertiesVariableHeader();
        int identifier = InboundTranslation.subscriptionIdentifier(header.properties());
        List<FilterOptions> asked = new ArrayList<>();
        for (MqttTopicSubscription one : message.payload().topicSubscriptions()) {
            TopicFilter filter = TopicFilter.parse(one.topicFilter());
            MqttSubscriptionOption option = one.option();
            if (filter == null) {
                live.connection().disconnect(Reason.TOPIC_FILTER_INVALID, "a topic filter that is not well-formed");
                return;
            }
            if (filter.isShared() && option.isNoLocal()) {
                live.connection().disconnect(Reason.PROTOCOL_ERROR, "no local on a shared subscription");
                return;
            }
            int qos = Math.min(option.qos().value(), live.services().limits().maxQos());
            asked.add(new FilterOptions(filter, qos, option.isNoLocal(), option.isRetainAsPublished(), option.retainHandling().value(),
                identifier));
        }
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (FilterOptions options : asked) {
            outcomes.add(subscribe(live, options).toCompletableFuture());
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(outcomes.toArray(CompletableFuture<?>[]::new));
        live.connection().hold(all,
            (ok, failure) -> bound(live, header.messageId(), outcomes.stream().map(CompletableFuture::join).toList()));
    }

    /** Completes, never exceptionally, when what is published next is taken. */
    private static CompletionStage<Outcome> subscribe(LiveSession live, FilterOptions options) {
        ClientSession session = live.session();
        String text = options.filter().text();
        boolean isNew = session.filter(text) == null;
        Reason refused = refusal(live, options, isNew);
        if (refused != null) {
            return CompletableFuture.completedFuture(new Outcome(options, null, refused.code() & 0xFF));
        }
        // Before the binding: deliveries may come as soon as that is made.
        FilterOptions previous = session.put(options);
        CompletionStage<Void> bound;
        if (!isNew || options.filter().isSys()) {
            bound = CompletableFuture.completedFuture(null);
        } else if (options.filter().isShared()) {
            bound = live.attachShared(options);
        } else {
            bound = bind(live, options);
        }
        return bound.handle((ok, failure) -> new Outcome(options, previous,
            failure == null ? options.qos() : ErrorMapping.subscribe(BrokerException.of(failure).code()).code() & 0xFF));
    }

    private static CompletionStage<Void> bind(LiveSession live, FilterOptions options) {
        CompletionStage<Binding> binding = new Bindings(live.services().broker().topics())
            .bindingFor(live.session().key().namespace(), options.filter());
        return live.ownSubscription().thenCombine(binding, (subscription, made) -> subscription.bind(made, StartPosition.LATEST))
            .thenCompose(stage -> stage);
    }

    private static @Nullable Reason refusal(LiveSession live, FilterOptions options, boolean isNew) {
        TopicFilter filter = options.filter();
        Services services = live.services();
        if (isNew && live.session().filterCount() >= services.limits().maxSubscriptions()
            || filter.isShared() && filter.text().length() > MAX_SHARED_FILTER) {
            return Reason.QUOTA_EXCEEDED;
        }
        if (filter.isSys()) {
            return services.authorizer().allows(live.principal(), Operation.DESCRIBE, Resource.CLUSTER) ? null : Reason.NOT_AUTHORIZED;
        }
        if (!filter.beginsWithWildcard()) {
            TopicName topic = Bindings.topic(live.session().key().namespace(), filter);
            boolean missing = services.broker().topics().find(topic) == null;
            boolean allowed = services.authorizer().allows(live.principal(), Operation.READ, Resource.topic(topic.name()))
                && (!missing || services.authorizer().allows(live.principal(), Operation.CREATE, Resource.topic(topic.name())));
            return allowed ? null : Reason.NOT_AUTHORIZED;
        }
        // A session is asked about each record; what is shared may go to any of those who share it.
        return !filter.isShared() || services.authorizer().allows(live.principal(), Operation.READ, Resource.topic(Resource.EVERY))
            ? null : Reason.NOT_AUTHORIZED;
    }

    private static void bound(LiveSession live, int packetId, List<Outcome> outcomes) {
        ClientSession session = live.session();
        for (Outcome outcome : outcomes) {
            String text = outcome.options().filter().text();
            if (!outcome.granted() && outcome.previous() == null && outcome.options().equals(session.filter(text))) {
                session.remove(text);
            }
        }
        CompletionStage<Void> written = live.persist();
        live.connection().hold(written, (ok, failure) -> {
            if (failure != null) {
                live.connection().disconnect(Reason.UNSPECIFIED_ERROR, "the session could not be written down");
                return;
            }
            answer(live, packetId, outcomes);
        });
    }

    private static void answer(LiveSession live, int packetId, List<Outcome> outcomes) {
        boolean before5 = live.request().level() < ConnectRequest.LEVEL_5;
        List<Integer> codes = outcomes.stream().map(outcome -> before5 && !outcome.granted() ? FAILURE_311 : outcome.code()).toList();
        live.connection().write(new MqttSubAckMessage(Packets.header(MqttMessageType.SUBACK),
            new MqttMessageIdAndPropertiesVariableHeader(packetId, live.connection().problem(null)), new MqttSubAckPayload(codes)));
        live.connection().channel().flush();
        for (Outcome outcome : outcomes) {
            if (outcome.granted()) {
                replay(live, outcome);
            }
        }
    }

    /** Sends what is retained (MQTT-3.3.1-9 to -11). */
    private static void replay(LiveSession live, Outcome outcome) {
        FilterOptions options = outcome.options();
        TopicFilter filter = options.filter();
        boolean skipped = options.retainHandling() == NEVER_REPLAY
            || options.retainHandling() == REPLAY_IF_NEW && outcome.previous() != null;
        if (filter.isSys()) {
            live.services().sys().subscribe(live, options);
        } else if (!skipped && !filter.isShared()) {
            RetainedStore retained = live.services().retained();
            if (!filter.hasWildcard()) {
                live.outbound().replay(options, List.of(filter.filter()));
                return;
            }
            // A hold, because the client may unsubscribe next.
            CompletionStage<List<String>> matching = CompletableFuture.supplyAsync(
                () -> retained.matching(live.session().key().namespace(), filter), live.services().worker());
            live.connection().hold(matching, (paths, failure) -> {
                if (paths != null) {
                    live.outbound().replay(options, paths);
                } else {
                    live.connection().disconnect(Reason.UNSPECIFIED_ERROR, "retained messages could not be read");
                }
            });
        }
    }

    /** The bindings that serve a filter; there may be two, if its topic was made after it. */
    static List<Binding> bindings(Subscription subscription, TopicFilter filter) {
        Filter matching = new Filter.MatchingAddress(filter.pattern());
        return subscription.bindings().stream().filter(binding -> binding.filter().equals(matching)).toList();
    }
}
