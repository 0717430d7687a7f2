package io.tributary.core.access;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.security.ScramCredential;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords against SCRAM credentials on threads of its own, since each takes milliseconds by design. What was right is known again
 * by a keyed hash that never leaves memory, so that a client that proves itself with every request, as HTTP's do, costs that once.
 */
final class PasswordCheck {
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 1000;
    private static final int MAX_KNOWN = 10_000;
    private static final int KEEP_ALIVE_SECONDS = 10;
    private static final String HASH = "HmacSHA256";

    private final ThreadPoolExecutor threads;
    private final SecretKeySpec key;
    /** The hash of the password that was right for a credential; the least recently used goes. */
    private final Map<ScramCredential, byte[]> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ScramCredential, byte[]> eldest) {
            return size() > MAX_KNOWN;
        }
    });

    PasswordCheck() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, HASH);
        threads = new ThreadPoolExecutor(THREADS, THREADS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
                Thread thread = new Thread(task, "tributary-passwords");
                thread.setDaemon(true);
                return thread;
            });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Where else to do what takes as long. */
    Executor executor() {
        return threads;
    }

    /**
     * Completes with whether the password is right; without a credential it is not, and that takes as long. Fails with
     * AUTHENTICATION_FAILED when too many wait.
     */
    CompletionStage<Boolean> check(@Nullable ScramCredential credential, ScramCredential decoy, String password) {
        byte[] hash = hash(password);
        byte[] right = credential == null ? null : known.get(credential);
        if (right != null && MessageDigest.isEqual(right, hash)) {
            return CompletableFuture.completedFuture(true);
        }
        try {
            return CompletableFuture.supplyAsync(() -> {
                boolean same = (credential == null ? decoy : credential).isOf(password) && credential != null;
                if (same) {
                    known.put(credential, hash);
                }
                return same;
            }, threads);
        } catch (RejectedExecutionException busy) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "too many clients are waiting to be let in; try again", busy));
        }
    }

    private byte[] hash(String password) {
        try {
            Mac mac = Mac.getInstance(HASH);
            mac.init(key);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has " + HASH, missing);
        }
    }
}
