package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Consumer;
import io.tributary.core.api.ConsumerOptions;
import io.tributary.core.api.Delivery;
import io.tributary.core.api.DeliveryHandler;
import io.tributary.core.api.Settlement;
import io.tributary.core.api.Subscription;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.SubscriptionName;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldNumber;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.MethodType;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.translate.Envelope;
import io.tributary.protocol.amqp.translate.MessageHeaders;
import io.tributary.protocol.amqp.translate.QueueSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A channel's way from queues to the client: consumers, basic.get, prefetch, acknowledgements. */
final class DeliverySide {
    private static final ConsumerOptions AUTO = new ConsumerOptions(false, true, Duration.ZERO);

    private static final String PRIORITY = "x-priority";

    private final ChannelSession channel;
    private final int maxUnacknowledged;
    private final Map<String, ConsumerSession> consumers = new LinkedHashMap<>();
    private final Map<SubscriptionName, DeliverySource> getters = new HashMap<>();
    private final Set<DeliverySource> sources = new LinkedHashSet<>();
    private final Unacknowledged unacknowledged = new Unacknowledged();
    private final Set<DeliverySource> touchedSources = new LinkedHashSet<>();
    private boolean creditChanged;
    private boolean flowing = true;
    private long lastTag;
    private int consumerPrefetch;
    private int channelPrefetch;

    DeliverySide(ChannelSession channel, int maxUnacknowledged) {
        this.channel = channel;
        this.maxUnacknowledged = maxUnacknowledged;
    }

    // ---- for consumers

    void post(Runnable event) {
        channel.connection().mailbox().post(event);
    }

    boolean mayWrite(boolean noAck) {
        return flowing && channel.isOpen() && channel.connection().isWritable()
            && (noAck || channelPrefetch == 0 || unacknowledged.size() < channelPrefetch);
    }

    /** How many more deliveries the channel may leave unacknowledged. */
    int roomForUnacknowledged() {
        return (channelPrefetch == 0 ? maxUnacknowledged : channelPrefetch) - unacknowledged.size();
    }

    boolean isLimited() {
        return channelPrefetch > 0;
    }

    void write(ConsumerSession consumer, DeliverySource source, Delivery delivery) {
        long tag = ++lastTag;
        if (!consumer.noAck()) {
            unacknowledged.add(tag, source, delivery.id());
        }
        Envelope envelope = Envelope.of(consumer.queue(), delivery);
        boolean counted = consumer.countsDeliveries() && delivery.deliveryCount() > 1;
        channel.sendContent(new BasicMethod.Deliver(consumer.tag(), tag, delivery.redelivered(), envelope.exchange(),
            envelope.routingKey()), properties(delivery, counted), delivery.record().value());
    }

    private static ContentProperties properties(Delivery delivery, boolean counted) {
        ContentProperties properties = MessageHeaders.toProperties(delivery.record().headers());
        return counted ? MessageHeaders.withDeliveryCount(properties, Math.max(0, delivery.deliveryCount() - 1)) : properties;
    }

    void touch(ConsumerSession consumer) {
        creditChanged = true;
        channel.touch();
    }

    void touch(DeliverySource source) {
        touchedSources.add(source);
        creditChanged = true;
        channel.touch();
    }

    /** The queue is gone, or the broker stops: a client that understands it is told (RabbitMQ's consumer cancel notify). */
    void cancelledByServer(ConsumerSession consumer) {
        if (!consumers.remove(consumer.tag(), consumer) || !channel.isOpen()) {
            return;
        }
        DeliverySource source = consumer.source();
        consumer.stop();
        if (source != null) {
            end(source);
        }
        if (channel.connection().notifiesCancellation()) {
            channel.send(new BasicMethod.Cancel(consumer.tag(), true));
        }
    }

    // ---- the end of a turn

    /** Tells the core what the client has settled, so that what follows finds it so. */
    void flushSettled() {
        if (!touchedSources.isEmpty()) {
            for (DeliverySource source : List.copyOf(touchedSources)) {
                source.flush();
                if (source.isFinished()) {
                    close(source);
                }
            }
            touchedSources.clear();
        }
    }

    void endTurn() {
        flushSettled();
        if (creditChanged) {
            creditChanged = false;
            for (ConsumerSession consumer : consumers.values()) {
                consumer.replenish();
            }
        }
    }

    /** The socket takes more, or the client does. */
    void pump() {
        for (ConsumerSession consumer : consumers.values()) {
            consumer.pump();
        }
    }

    // ---- methods of the client

    void flow(boolean active) {
        flowing = active;
        pump();
    }

    /** RabbitMQ's meaning: without {@code global}, for each consumer that is started from now on; with it, for the whole channel. */
    void qos(BasicMethod.Qos method) {
        if (method.prefetchSize() != 0) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "prefetch_size!=0 (" + method.prefetchSize() + ")");
        }
        if (method.global()) {
            channelPrefetch = method.prefetchCount();
            creditChanged = true;
            pump();
        } else {
            consumerPrefetch = method.prefetchCount();
        }
    }

    void consume(BasicMethod.Consume method) {
        String tag = method.consumerTag().isEmpty() ? ServerNames.next("amq.ctag-") : method.consumerTag();
        if (consumers.containsKey(tag)) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + tag + "'");
        }
        for (FieldTable.Entry entry : method.arguments().entries()) {
            if (entry.name().startsWith("x-") && !entry.name().equals("x-cancel-on-ha-failover") && !entry.name().equals(PRIORITY)) {
                throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "consumer argument '" + entry.name() + "' is not implemented");
            }
        }
        Subscription queue = channel.services().queues().requireReadable(channel.client(), method.queue());
        ConsumerSession consumer = new ConsumerSession(this, tag, queue, method.noAck(), consumerPrefetch);
        ConsumerOptions options =
            new ConsumerOptions(method.exclusive(), method.noAck(), Duration.ZERO).withPriority(priority(method.arguments()));
        consumers.put(tag, consumer);
        channel.await(attach(method.queue(), queue, options, consumer), MethodType.BASIC_CONSUME, attached -> {
            DeliverySource source = new DeliverySource(queue.name(), attached);
            sources.add(source);
            if (!method.noWait()) {
                channel.send(new BasicMethod.ConsumeOk(tag));
            }
            consumer.start(source);
        }, Consumer::close);
    }

    private static int priority(FieldTable arguments) {
        FieldValue value = arguments.get(PRIORITY);
        Long number = value == null ? Long.valueOf(0) : FieldNumber.integer(value);
        if (number == null || number != number.intValue()) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "invalid arg '" + PRIORITY + "' for a consumer: no number of 32 bits");
        }
        return number.intValue();
    }

    void cancel(BasicMethod.Cancel method) {
        ConsumerSession consumer = consumers.get(method.consumerTag());
        Runnable answer = () -> {
            if (!method.noWait()) {
                channel.send(new BasicMethod.CancelOk(method.consumerTag()));
            }
        };
        DeliverySource source = consumer == null ? null : consumer.source();
        if (consumer == null || source == null) {
            answer.run();
            return;
        }
        if (consumer.noAck()) {
            // What the core has handed over counts as acknowledged: it must reach the client before the answer.
            channel.await(detach(source), MethodType.BASIC_CANCEL, done -> {
                consumer.drain();
                consumer.stop();
                consumers.remove(consumer.tag());
                answer.run();
            }, ChannelSession.IGNORE);
            return;
        }
        consumers.remove(consumer.tag());
        consumer.stop();
        source.end();
        if (source.isFinished()) {
            source.flush();
            channel.await(detach(source), MethodType.BASIC_CANCEL, done -> answer.run(), ChannelSession.IGNORE);
        } else {
            answer.run();
        }
    }

    /** The channel's transaction is rolled back: what it has settled is the client's to settle again. */
    void putBack(List<Unacknowledged.Taken> taken) {
        unacknowledged.putBack(taken);
    }

    void settle(long tag, boolean multiple, Settlement how) {
        ChannelTransaction transaction = channel.transaction();
        if (transaction != null) {
            transaction.settle(unacknowledged.take(tag, multiple), how);
            return;
        }
        unacknowledged.settle(tag, multiple, how, this::touch);
        afterSettling();
    }

    void recover(boolean requeue) {
        if (!requeue) {
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "requeue=false");
        }
        unacknowledged.settleAll(Settlement.REQUEUE, this::touch);
        afterSettling();
    }

    private void afterSettling() {
        if (channelPrefetch > 0) {
            pump();
        }
    }

    /** One message, beside any consumer's credit. */
    void get(BasicMethod.Get method) {
        Subscription queue = channel.services().queues().requireReadable(channel.client(), method.queue());
        DeliverySource existing = method.noAck() ? null : getters.get(queue.name());
        CompletionStage<DeliverySource> attached = existing != null ? CompletableFuture.completedFuture(existing)
            : attach(method.queue(), queue, method.noAck() ? AUTO : ConsumerOptions.SHARED, new NoDeliveries())
                .thenApply(consumer -> new DeliverySource(queue.name(), consumer));
        CompletionStage<Got> got = attached.thenCompose(source -> source.consumer().pull(1, Duration.ZERO).thenCompose(found ->
            found.isEmpty() ? CompletableFuture.completedFuture(new Got(source, null, 0))
                : queue.stats().thenApply(stats -> new Got(source, found.get(0), stats.ready()))));
        channel.await(got, MethodType.BASIC_GET, result -> answer(queue, method.noAck(), result),
            result -> result.source.consumer().close());
    }

    private record Got(DeliverySource source, @Nullable Delivery delivery, long ready) {
    }

    private void answer(Subscription queue, boolean noAck, Got got) {
        DeliverySource source = got.source();
        Delivery delivery = got.delivery();
        if (delivery == null) {
            channel.send(new BasicMethod.GetEmpty());
        } else {
            long tag = ++lastTag;
            if (!noAck) {
                sources.add(source);
                getters.put(queue.name(), source);
                unacknowledged.add(tag, source, delivery.id());
            }
            Envelope envelope = Envelope.of(queue, delivery);
            channel.sendContent(new BasicMethod.GetOk(tag, delivery.redelivered(), envelope.exchange(), envelope.routingKey(), got.ready()),
                properties(delivery, QueueSettings.of(queue.config()).countsDeliveries()), delivery.record().value());
        }
        // Attached for as long as the client holds a message of it: idle, it would count as one of the queue's consumers.
        source.end();
        if (source.isFinished()) {
            close(source);
        }
    }

    // ---- ends

    private void end(DeliverySource source) {
        source.end();
        touch(source);
    }

    private void close(DeliverySource source) {
        // Nobody waits: what follows on this channel and touches the queue is ordered by the core.
        CompletionStage<Void> ignored = detach(source);
    }

    private CompletionStage<Void> detach(DeliverySource source) {
        sources.remove(source);
        getters.remove(source.queue(), source);
        return source.consumer().close().thenCompose(done -> channel.services().queueHandler().deleteIfAbandoned(source.queue()));
    }

    /** Ends all consumers; what the client has not settled goes back to its queues. */
    CompletionStage<Void> shutDown() {
        List<CompletionStage<Void>> ends = new ArrayList<>();
        for (ConsumerSession consumer : consumers.values()) {
            consumer.stop();
        }
        for (DeliverySource source : List.copyOf(sources)) {
            source.flush();
            ends.add(detach(source));
        }
        consumers.clear();
        touchedSources.clear();
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (CompletionStage<Void> end : ends) {
            all = all.thenCombine(end, (before, done) -> null);
        }
        return all;
    }

    private CompletionStage<Consumer> attach(String name, Subscription queue, ConsumerOptions options, DeliveryHandler handler) {
        return queue.attach(options, handler).exceptionally(failure -> {
            BrokerException cause = BrokerException.of(failure);
            if (cause.code() == ErrorCode.SUBSCRIPTION_IN_USE) {
                throw new AmqpException(ReplyCode.ACCESS_REFUSED, channel.client().describe("queue", name) + " in exclusive use");
            }
            throw cause;
        });
    }

    /** basic.get pulls; nothing is pushed to it. */
    private static final class NoDeliveries implements DeliveryHandler {
        @Override
        public void onDelivery(Delivery delivery) {
            throw new IllegalStateException("a delivery without credit");
        }

        @Override
        public void onCancelled(BrokerException cause) {
            // the next basic.get finds no queue
        }
    }
}
