package io.tributary.protocol.amqp.session;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.PartitionId;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.MethodType;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.handler.PublishHandler;
import io.tributary.protocol.amqp.translate.Errors;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A channel's way from the client to the log: publications in their order, returns and confirms. */
final class PublishSide {
    private static final long UNCONFIRMED = 0;
    private static final int COST = 512;

    private final ChannelSession channel;
    private final Visibility visibility;
    private @Nullable Confirms confirms;
    private int underWay;
    private boolean watching;

    PublishSide(ChannelSession channel) {
        this.channel = channel;
        this.visibility = new Visibility(channel.services().broker());
    }

    /** Whether publications are being stored, or cannot be read yet; the channel runs what it has deferred when that changes. */
    boolean isBusy() {
        if (underWay > 0) {
            return true;
        }
        if (visibility.isComplete()) {
            return false;
        }
        if (!watching) {
            watching = true;
            visibility.onChange(() -> channel.connection().mailbox().post(() -> {
                watching = false;
                channel.runDeferred();
            }));
        }
        return true;
    }

    void confirmSelect() {
        if (confirms == null) {
            confirms = new Confirms();
        }
    }

    void publish(Content content) {
        long number = confirms == null ? UNCONFIRMED : confirms.begin();
        CompletableFuture<PublishHandler.Target> target =
            channel.services().publishing().target(channel.client(), content.method()).toCompletableFuture();
        if (target.isDone() && !target.isCompletedExceptionally()) {
            publish(content, number, target.join());
        } else {
            // The topic is being made: what follows on this channel waits, for the sake of the order.
            channel.await(target, MethodType.BASIC_PUBLISH, found -> publish(content, number, found), ChannelSession.IGNORE);
        }
    }

    private void publish(Content content, long number, PublishHandler.Target target) {
        ChannelTransaction transaction = channel.transaction();
        if (transaction != null) {
            transaction.publish(content, target.topic() == null ? null : channel.services().publishing()
                .request(channel.client(), target.topic(), target, content.method(), content.properties(), content.body()));
            return;
        }
        if (target.topic() == null) {
            unroutable(content);
            confirm(number, true);
            return;
        }
        PublishRequest request = channel.services().publishing()
            .request(channel.client(), target.topic(), target, content.method(), content.properties(), content.body());
        underWay++;
        int cost = content.body().length + COST;
        channel.connection().pressure().storing(cost);
        channel.services().broker().publisher().publish(request).whenComplete((result, failure) ->
            channel.connection().mailbox().post(() -> {
                underWay--;
                channel.connection().pressure().storing(-cost);
                if (result != null && !result.isWaiting() && request.durability() == PublishRequest.Durability.RELAXED) {
                    visibility.published(new PartitionId(request.topic(), result.partition()), result.offset());
                }
                ended(content, number, result, failure);
            }));
    }

    private void ended(Content content, long number, @Nullable PublishResult result, @Nullable Throwable failure) {
        if (channel.isOpen()) {
            if (failure != null || result == null) {
                failed(number, BrokerException.of(failure == null ? new IllegalStateException("no result") : failure));
            } else {
                if (content.method().mandatory() && result.routes() == 0) {
                    unroutable(content);
                }
                confirm(number, true);
            }
        }
        channel.runDeferred();
    }

    /** What the client could have known closes the channel; for the rest a confirm says no, and without confirms the connection ends. */
    private void failed(long number, BrokerException failure) {
        if (failure.code() == ErrorCode.BACKLOG_FULL) {
            // A queue that rejects publications: who does not ask for confirms is not told.
            confirm(number, false);
            return;
        }
        boolean clients = failure.code() == ErrorCode.BATCH_TOO_LARGE || failure.code() == ErrorCode.TOPIC_NOT_FOUND;
        if (clients || number == UNCONFIRMED) {
            channel.fail(Errors.toAmqp(failure), MethodType.BASIC_PUBLISH);
        } else {
            confirm(number, false);
        }
    }

    boolean confirms() {
        return confirms != null;
    }

    void unroutable(Content content) {
        BasicMethod.Publish method = content.method();
        if (method.mandatory()) {
            channel.sendContent(
                new BasicMethod.Return(ReplyCode.NO_ROUTE.code(), ReplyCode.NO_ROUTE.name(), method.exchange(), method.routingKey()),
                content.properties(), content.body());
        }
    }

    private void confirm(long number, boolean stored) {
        if (number != UNCONFIRMED && confirms != null) {
            confirms.end(number, stored);
            channel.touch();
        }
    }

    void endTurn() {
        if (confirms != null && channel.isOpen()) {
            confirms.report((number, multiple, stored) -> channel.send(stored
                ? new BasicMethod.Ack(number, multiple) : new BasicMethod.Nack(number, multiple, false)));
        }
    }
}
