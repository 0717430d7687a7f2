package io.tributary.protocol.mqtt.session;

import io.tributary.core.api.Delivery;
import io.tributary.core.api.Subscription;
import io.tributary.core.api.Subscriptions;
import io.tributary.core.model.Address;
import io.tributary.core.model.Headers;
import io.tributary.core.model.StartPosition;
import io.tributary.core.model.SubscriptionConfig;
import io.tributary.core.model.SubscriptionName;
import io.tributary.core.model.TopicName;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import io.tributary.protocol.mqtt.session.Outgoing.Match;
import io.tributary.protocol.mqtt.state.FilterOptions;
import io.tributary.protocol.mqtt.state.StoredSession;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.MqttHeaders;
import io.tributary.protocol.mqtt.translate.OutboundTranslation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A session while a client is connected to it. */
public final class LiveSession {
    private final Connection connection;
    private final ClientSession session;
    private final ConnectRequest request;
    private final Principal principal;
    private final Outbound outbound;
    private final InboundAcks acks;
    private final TopicAliases.Inbound aliases;

    private @Nullable CompletableFuture<Subscription> subscription;
    private CompletionStage<?> publicationOrder = CompletableFuture.completedFuture(null);

    LiveSession(Connection connection, ClientSession session, ConnectRequest request, Principal principal) {
        this.connection = connection;
        this.session = session;
        this.request = request;
        this.principal = principal;
        Limits limits = connection.services().limits();
        this.outbound = new Outbound(this);
        this.acks = new InboundAcks(connection, limits, request.level());
        this.aliases = new TopicAliases.Inbound(limits.topicAliasMaximum());
    }

    public Connection connection() {
        return connection;
    }

    public ClientSession session() {
        return session;
    }

    /** What the client asked for when it connected. */
    public ConnectRequest request() {
        return request;
    }

    public Principal principal() {
        return principal;
    }

    public Services services() {
        return connection.services();
    }

    public Outbound outbound() {
        return outbound;
    }

    public InboundAcks acks() {
        return acks;
    }

    public TopicAliases.Inbound aliases() {
        return aliases;
    }

    /** Keeps records without a key in the order in which this client published them. */
    public int orderingHint() {
        return session.key().hashCode();
    }

    /** Completes in the order of the calls, each no earlier than its stage; fails as its stage does. */
    public CompletionStage<Void> inOrder(CompletionStage<Void> stage) {
        CompletionStage<Void> ordered = publicationOrder.thenCompose(before -> stage);
        publicationOrder = ordered.exceptionally(failed -> null);
        return ordered;
    }

    /** Goes on where an earlier connection ended: sends again what was under way, and consumes. */
    public void start() {
        outbound.resume();
        if (!session.ordinaryFilters().isEmpty()) {
            ownSubscription().exceptionally(failure -> {
                connection.execute(() -> outbound.fail(failure));
                return null;
            });
        }
        for (FilterOptions options : session.filters()) {
            if (options.filter().isSys()) {
                services().sys().add(this);
            } else if (options.filter().isShared()) {
                attachShared(options).exceptionally(failure -> {
                    connection.execute(() -> outbound.fail(failure));
                    return null;
                });
            }
        }
    }

    /** The session's queue subscription, made when it is first needed, with this connection as its consumer. */
    public CompletionStage<Subscription> ownSubscription() {
        CompletableFuture<Subscription> current = subscription;
        if (current == null || current.isCompletedExceptionally()) {
            Subscriptions subscriptions = services().broker().subscriptions();
            SubscriptionName name = session.key().subscriptionName();
            Subscription found = subscriptions.find(name);
            CompletionStage<Subscription> made = found != null ? CompletableFuture.completedFuture(found)
                : subscriptions.create(name, session.isDurable() ? SubscriptionConfig.DURABLE : SubscriptionConfig.TRANSIENT, List.of(),
                    StartPosition.LATEST);
            current = made.thenComposeAsync(own -> outbound.attach(own, null).thenApply(ok -> own), connection.channel().eventLoop())
                .toCompletableFuture();
            subscription = current;
        }
        return current;
    }

    /** Joins a shared subscription and consumes it. */
    public CompletionStage<Void> attachShared(FilterOptions options) {
        return services().shared().join(session.key(), options.filter())
            .thenComposeAsync(shared -> outbound.attach(shared, options), connection.channel().eventLoop());
    }

    /** Gives a shared subscription up. */
    public CompletionStage<Void> leaveShared(FilterOptions options) {
        outbound.detachShared(options);
        return services().shared().leave(session.key(), options.filter());
    }

    /** Writes a persistent session down as it stands. */
    public CompletionStage<Void> persist() {
        return session.isDurable() ? services().sessions().put(session.key(), session.toStored(StoredSession.CONNECTED))
            : CompletableFuture.completedFuture(null);
    }

    /** How the session's subscriptions want a delivery; null when none does any more. */
    @Nullable Match match(Delivery delivery, @Nullable FilterOptions shared) {
        Headers headers = delivery.record().headers();
        int published = OutboundTranslation.publishedQos(headers);
        if (shared != null) {
            FilterOptions current = session.filter(shared.filter().text());
            return current == null ? null
                : new Match(Math.min(published, current.qos()), keepsRetain(current, headers), identifiers(current));
        }
        String path = Address.path(delivery.topic(), delivery.record().key());
        boolean own = session.hasNoLocal() && session.key().clientId().equals(headers.text(MqttHeaders.PUBLISHER));
        int granted = -1;
        boolean retain = false;
        List<Integer> identifiers = List.of();
        for (FilterOptions options : session.ordinaryFilters()) {
            if (own && options.noLocal() || !options.filter().matches(path)) {
                continue;
            }
            // Asked each time: a right may be withdrawn, and a session resumed by somebody else.
            if (!mayRead(delivery.topic())) {
                continue;
            }
            granted = Math.max(granted, options.qos());
            retain |= keepsRetain(options, headers);
            if (options.identifier() > 0) {
                identifiers = append(identifiers, options.identifier());
            }
        }
        return granted < 0 ? null : new Match(Math.min(published, granted), retain, identifiers);
    }

    private static boolean keepsRetain(FilterOptions options, Headers headers) {
        return options.retainAsPublished() && headers.contains(MqttHeaders.RETAIN);
    }

    static List<Integer> identifiers(FilterOptions options) {
        return options.identifier() > 0 ? List.of(options.identifier()) : List.of();
    }

    private static List<Integer> append(List<Integer> list, int identifier) {
        if (list.isEmpty()) {
            return List.of(identifier);
        }
        List<Integer> longer = new ArrayList<>(list);
        longer.add(identifier);
        return longer;
    }

    boolean mayRead(String path) {
        return mayRead(Address.parse(session.key().namespace(), path).topic());
    }

    private boolean mayRead(TopicName topic) {
        return services().authorizer().allows(principal, Operation.READ, Resource.topic(topic.name()));
    }

    /** Whether the client may publish to the topic. */
    public boolean mayWrite(TopicName topic) {
        return services().authorizer().allows(principal, Operation.WRITE, Resource.topic(topic.name()));
    }

    CompletionStage<Void> end() {
        services().sys().remove(this);
        return outbound.end();
    }
}
