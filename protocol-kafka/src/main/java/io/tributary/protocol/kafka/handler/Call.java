package io.tributary.protocol.kafka.handler;

import io.tributary.core.model.Namespace;
import io.tributary.protocol.kafka.sasl.SaslLogin;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.common.requests.RequestContext;
import org.jspecify.annotations.Nullable;

/** One request under way. To be used on the connection's event loop only. */
public final class Call {
    private final RequestContext context;
    private final Caller caller;
    private final SaslLogin login;
    private final ScheduledExecutorService loop;
    private final int maxFetchBytes;
    private final CompletionStage<Void> connectionEnd;
    private boolean hurried;
    private @Nullable Runnable onHurry;

    /**
     * Begins a call.
     *
     * @param login         how far the connection's login is
     * @param loop          the connection's event loop
     * @param maxFetchBytes of records in the answer, by the client's quota
     * @param connectionEnd completes when the connection is gone; the same object for all calls of a connection
     */
    public Call(RequestContext context, Caller caller, SaslLogin login, ScheduledExecutorService loop, int maxFetchBytes,
                CompletionStage<Void> connectionEnd) {
        this.context = context;
        this.caller = caller;
        this.login = login;
        this.loop = loop;
        this.maxFetchBytes = maxFetchBytes;
        this.connectionEnd = connectionEnd;
    }

    public RequestContext context() {
        return context;
    }

    public Caller caller() {
        return caller;
    }

    public SaslLogin login() {
        return login;
    }

    public ScheduledExecutorService loop() {
        return loop;
    }

    public int maxFetchBytes() {
        return maxFetchBytes;
    }

    /** Completes when the connection is gone; the same object for all calls of a connection. */
    public CompletionStage<Void> connectionEnd() {
        return connectionEnd;
    }

    /** The version of the request, in which the response is written. */
    public short version() {
        return context.apiVersion();
    }

    public Namespace namespace() {
        return caller.namespace();
    }

    /** Sets what a handler that waits for data does when it may wait no longer: answer with what is there. */
    public void onHurry(Runnable action) {
        if (hurried) {
            action.run();
        } else {
            onHurry = action;
        }
    }

    /** The connection ends or is to end: whoever waits stops waiting. */
    public void hurry() {
        hurried = true;
        Runnable action = onHurry;
        onHurry = null;
        if (action != null) {
            action.run();
        }
    }
}
