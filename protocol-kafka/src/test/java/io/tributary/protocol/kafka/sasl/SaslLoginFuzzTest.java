package io.tributary.protocol.kafka.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Proof;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.jspecify.annotations.Nullable;

/** Whatever bytes come in place of tokens: the login fails as a login does, or goes on, and nobody is let in. */
class SaslLoginFuzzTest {
    private static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER");
    private static final ScramCredential CREDENTIAL =
        ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "secret", ScramMechanism.MIN_ITERATIONS);
    private static final List<String> TOKENS = List.of("\0alice\0secret", "n,,n=alice,r=fyko+d2lbbFgONRv9qkxdawL",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "n,,\u0001auth=Bearer abc.def.ghi\u0001\u0001");
    private static final int CHANGES = 3;

    /** Lets alice in, by her password. */
    private static final class OnlyAlice implements Authenticator {
        @Override
        public CompletionStage<Principal> authenticate(Credentials credentials) {
            boolean proved = credentials instanceof Credentials.Proven
                || credentials instanceof Credentials.Password password && password.equals(new Credentials.Password("alice", "secret"));
            return proved ? CompletableFuture.completedFuture(new Principal("alice", Namespace.DEFAULT))
                : CompletableFuture.failedFuture(new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "no"));
        }

        @Override
        public CompletionStage<@Nullable ScramCredential> scramCredential(String username, ScramMechanism mechanism) {
            return CompletableFuture.completedFuture(
                username.equals("alice") && mechanism == CREDENTIAL.mechanism() ? CREDENTIAL : null);
        }
    }

    private @Nullable Proof proof;

    private SaslLogin login(String mechanism) {
        proof = null;
        SaslLogin login = new SaslLogin(new SaslSettings(MECHANISMS, Duration.ZERO, Duration.ZERO, 1000), new OnlyAlice(),
            Clock.systemUTC(), true, found -> proof = found);
        login.handshake(mechanism, 1);
        return login;
    }

    private static byte[] mutated(String token, Random random) {
        byte[] bytes = token.getBytes(UTF_8);
        for (int i = 0; i < CHANGES; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }

    @Property(tries = 2000)
    void mutatedTokensLetNobodyIn(@ForAll long seed) {
        Random random = new Random(seed);
        SaslLogin login = login(MECHANISMS.get(random.nextInt(MECHANISMS.size())));
        while (login.isExchanging()) {
            byte[] token = mutated(TOKENS.get(random.nextInt(TOKENS.size())), random);
            boolean rightAfterAll = new String(token, UTF_8).endsWith("\0alice\0secret");
            CompletableFuture<?> taking = login.take(token).toCompletableFuture();
            assertThat(taking).isDone();
            Object[] outcome = taking.handle((step, failure) -> new Object[] {step, failure}).join();
            try {
                login.finish(outcome[0], (Throwable) outcome[1]);
            } catch (SaslAuthenticationException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
            assertThat(proof == null || rightAfterAll).as("seed %d", seed).isTrue();
        }
    }
}
