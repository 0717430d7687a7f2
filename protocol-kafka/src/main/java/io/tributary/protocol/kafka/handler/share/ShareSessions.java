package io.tributary.protocol.kafka.handler.share;

import io.tributary.protocol.kafka.share.ShareSettings;
import io.tributary.protocol.kafka.share.ShareSubscriptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/** The share sessions of all connections. Safe on any thread. */
public final class ShareSessions {
    private final ShareSubscriptions subscriptions;
    private final int maxSessions;
    private final Map<ShareSession.Key, ShareSession> sessions = new HashMap<>();
    private final Map<CompletionStage<Void>, Set<ShareSession>> byConnection = new HashMap<>();

    /**
     * None yet.
     *
     * @param maxSessions at a time; more are refused with SHARE_SESSION_LIMIT_REACHED
     */
    public ShareSessions(ShareSubscriptions subscriptions, int maxSessions) {
        this.subscriptions = subscriptions;
        this.maxSessions = maxSessions;
    }

    /**
     * What a request may go on with.
     *
     * @param session null if and only if there is an error
     */
    record Opened(@Nullable ShareSession session, Errors error) {
    }

    /**
     * The session that a request is about: a new one for epoch 0, the one that ends for -1, else the one whose turn it is.
     *
     * @param settings   of a new session
     * @param connection completes when the connection is gone, and with it a new session
     */
    Opened open(ShareSession.Key key, int epoch, ShareSettings settings, CompletionStage<Void> connection) {
        if (epoch == ShareRequestMetadata.INITIAL_EPOCH) {
            return begin(key, settings, connection);
        }
        ShareSession found = find(key);
        if (found == null) {
            return new Opened(null, Errors.SHARE_SESSION_NOT_FOUND);
        }
        Errors error = epoch == ShareRequestMetadata.FINAL_EPOCH ? Errors.NONE : found.advance(epoch);
        return new Opened(error == Errors.NONE ? found : null, error);
    }

    private Opened begin(ShareSession.Key key, ShareSettings settings, CompletionStage<Void> connection) {
        ShareSession made = new ShareSession(key, subscriptions, settings, connection);
        ShareSession before;
        boolean firstOfConnection;
        synchronized (this) {
            before = sessions.get(key);
            if (before == null && sessions.size() >= maxSessions) {
                return new Opened(null, Errors.SHARE_SESSION_LIMIT_REACHED);
            }
            if (before != null) {
                remove(before);
            }
            sessions.put(key, made);
            // Stays until the connection goes, so that it is listened to once.
            firstOfConnection = !byConnection.containsKey(connection);
            byConnection.computeIfAbsent(connection, first -> new HashSet<>()).add(made);
        }
        if (before != null) {
            before.close();
        }
        if (firstOfConnection) {
            connection.whenComplete((gone, failure) -> closeAll(connection));
        }
        return new Opened(made, Errors.NONE);
    }

    private synchronized @Nullable ShareSession find(ShareSession.Key key) {
        return sessions.get(key);
    }

    /** Ends a session; completes when what it had is given back. */
    CompletionStage<?> close(ShareSession session) {
        remove(session);
        return session.close();
    }

    private synchronized void remove(ShareSession session) {
        sessions.remove(session.key(), session);
        Set<ShareSession> ofConnection = byConnection.get(session.connection());
        if (ofConnection != null) {
            ofConnection.remove(session);
        }
    }

    private void closeAll(CompletionStage<Void> connection) {
        List<ShareSession> ended;
        synchronized (this) {
            Set<ShareSession> ofConnection = byConnection.remove(connection);
            ended = ofConnection == null ? List.of() : List.copyOf(ofConnection);
        }
        ended.forEach(this::close);
    }
}
