package io.tributary.protocol.http.session;

import io.tributary.core.model.BrokerException;
import io.tributary.protocol.http.codec.EventText;
import io.tributary.protocol.http.codec.Json;
import io.tributary.protocol.http.codec.ProblemJson;
import io.tributary.protocol.http.translate.ErrorMapping;
import java.io.IOException;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes an event stream piece by piece: a piece is asked for only when the one before has gone to the socket, so a slow client holds
 * one piece and no more.
 */
public final class EventWriter {
    private final ServerHttpResponse response;
    private final ClientConnection connection;
    private final Shutdown shutdown;

    public EventWriter(ServerHttpResponse response, ClientConnection connection, Shutdown shutdown) {
        this.response = response;
        this.connection = connection;
        this.shutdown = shutdown;
    }

    /**
     * Writes until a piece is empty, the client goes or the server stops. An error becomes the last event, {@code event: error} with a
     * problem as its data.
     *
     * @param nextPiece text of whole events; asked on the event loop after all before has gone to the socket
     */
    public Mono<Void> write(Supplier<Mono<byte[]>> nextPiece, String instance) {
        response.getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
        response.getHeaders().setCacheControl(CacheControl.noStore());
        // Proxies of the nginx kind would hold events back until a buffer is full.
        response.getHeaders().set("X-Accel-Buffering", "no");
        Flux<byte[]> pieces = Mono.defer(() -> connection.written().then(Mono.defer(nextPiece))).repeat()
            .takeWhile(piece -> piece.length > 0)
            .takeUntilOther(shutdown.stopping())
            .onErrorComplete(IOException.class)
            .onErrorResume(failure -> Mono.just(error(BrokerException.of(failure), instance)));
        Flux<Publisher<DataBuffer>> groups = Flux.concat(Mono.just(EventText.OPENING), pieces)
            .map(piece -> Mono.just(response.bufferFactory().wrap(piece)));
        return response.writeAndFlushWith(groups);
    }

    private static byte[] error(BrokerException failure, String instance) {
        String code = failure.code().name();
        ProblemJson problem = new ProblemJson(ErrorMapping.type(code), ErrorMapping.title(code),
            ErrorMapping.status(failure.code()).value(), String.valueOf(failure.getMessage()), instance, code, null);
        return new EventText().add(null, "error", Json.write(problem)).toBytes();
    }
}
