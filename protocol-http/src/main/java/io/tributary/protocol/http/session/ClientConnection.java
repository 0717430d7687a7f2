package io.tributary.protocol.http.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.tributary.core.model.BrokerException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The connection beneath an exchange: the thread on which its state may be touched, and how far its writes have come. Without a network
 * connection (a mock exchange) a worker thread stands in, and everything counts as written.
 */
public final class ClientConnection {
    private final @Nullable Channel channel;
    private final Executor executor;

    private ClientConnection(@Nullable Channel channel) {
        this.channel = channel;
        this.executor = channel == null ? task -> Schedulers.parallel().schedule(task) : task -> execute(channel, task);
    }

    public static ClientConnection of(ServerHttpResponse response) {
        Channel[] found = new Channel[1];
        if (response instanceof AbstractServerHttpResponse known && known.getNativeResponse() instanceof HttpServerResponse netty) {
            netty.withConnection(connection -> found[0] = connection.channel());
        }
        return new ClientConnection(found[0]);
    }

    private static void execute(Channel channel, Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            // The process is ending. The clean-up in the task must not be lost.
            Schedulers.parallel().schedule(task);
        }
    }

    /** Runs on the connection's event loop. */
    public Executor executor() {
        return executor;
    }

    /** The stage's result, delivered on the event loop; a failure as a BrokerException. */
    public <T> Mono<T> on(CompletionStage<T> stage) {
        return on(stage, unwanted -> { });
    }

    /**
     * As {@link #on(CompletionStage)}.
     *
     * @param unwanted given the result, on the event loop, when the caller has gone before it came; a failure then is nobody's
     */
    public <T> Mono<T> on(CompletionStage<T> stage, Consumer<? super T> unwanted) {
        return Mono.create(sink -> {
            AtomicBoolean gone = new AtomicBoolean();
            sink.onCancel(() -> gone.set(true));
            stage.whenComplete((value, failure) -> executor.execute(() -> {
                if (gone.get()) {
                    if (failure == null) {
                        unwanted.accept(value);
                    }
                } else if (failure != null) {
                    sink.error(BrokerException.of(failure));
                } else {
                    sink.success(value);
                }
            }));
        });
    }

    /**
     * Completes, on the event loop, when everything that was written before has gone to the socket; fails when the connection breaks.
     * This is what paces a stream: the next piece is not made before the last has left.
     */
    public Mono<Void> written() {
        Channel known = channel;
        if (known == null) {
            return Mono.empty();
        }
        return Mono.create(sink -> executor.execute(() -> {
            ChannelHandlerContext nearest = known.pipeline().firstContext();
            if (nearest == null) {
                sink.error(new ClosedChannelException());
                return;
            }
            // An empty write passes in its turn and touches nothing; past the HTTP codec, which has done its part already.
            nearest.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
                if (done.isSuccess()) {
                    sink.success();
                } else {
                    sink.error(done.cause());
                }
            });
        }));
    }
}
