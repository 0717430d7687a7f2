package io.tributary.protocol.http.session;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Ends what waits or streams when the server stops, so that it need not wait for it. */
public final class Shutdown {
    private final Sinks.Empty<Void> stopping = Sinks.empty();

    /** Ends every stream and poll, now and from now on. */
    public void begin() {
        stopping.tryEmitEmpty();
    }

    /** Completes when the server stops. */
    public Mono<Void> stopping() {
        return stopping.asMono();
    }
}
