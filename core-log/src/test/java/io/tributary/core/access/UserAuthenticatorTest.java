package io.tributary.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.metadata.rocksdb.RocksMetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Proof;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import io.tributary.core.security.Users;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserAuthenticatorTest {
    private static final Namespace ACME = new Namespace("acme");
    private static final Namespace OTHER = new Namespace("other");

    @TempDir
    private Path directory;
    private RocksMetadataStore store;
    private StoredAccess access;
    private Users users;
    private Authenticator authenticator;

    @BeforeEach
    void open() {
        store = new RocksMetadataStore(directory);
        access = new StoredAccess(store);
        users = access.users(Namespace.DEFAULT);
        authenticator = new UserAuthenticator(Map.of("admin", "configured"), Map.of("admin", ACME), access.logins(), false, null);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void make(String name, ScramMechanism mechanism, String password) {
        users.put(name, ScramCredential.ofPassword(mechanism, password, ScramMechanism.MIN_ITERATIONS)).toCompletableFuture().join();
    }

    private static boolean lets(Authenticator authenticator, Credentials credentials) {
        CompletionStage<Object> outcome = authenticator.authenticate(credentials).handle((who, failure) -> failure == null ? who : failure);
        Object value = outcome.toCompletableFuture().join();
        if (value instanceof Throwable failure) {
            assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.AUTHENTICATION_FAILED);
            return false;
        }
        return true;
    }

    @Test
    void aConfiguredUserComesInWithItsPasswordOnly() {
        assertThat(lets(authenticator, new Credentials.Password("admin", "configured"))).isTrue();
        assertThat(lets(authenticator, new Credentials.Password("admin", "other"))).isFalse();
        assertThat(lets(authenticator, new Credentials.Password("nobody", "configured"))).isFalse();
        assertThat(lets(authenticator, new Credentials.Anonymous())).isFalse();
        assertThat(lets(authenticator, new Credentials.Token("x"))).isFalse();
    }

    @Test
    void aStoredUserComesInUntilThePasswordChanges() {
        make("alice", ScramMechanism.SCRAM_SHA_512, "one");
        for (int i = 0; i < 2; i++) {
            assertThat(lets(authenticator, new Credentials.Password("alice", "one"))).isTrue();
            assertThat(lets(authenticator, new Credentials.Password("alice", "two"))).isFalse();
        }
        make("alice", ScramMechanism.SCRAM_SHA_512, "two");
        assertThat(lets(authenticator, new Credentials.Password("alice", "one"))).isFalse();
        assertThat(lets(authenticator, new Credentials.Password("alice", "two"))).isTrue();
        users.remove("alice", ScramMechanism.SCRAM_SHA_512).toCompletableFuture().join();
        assertThat(lets(authenticator, new Credentials.Password("alice", "two"))).isFalse();
    }

    @Test
    void aStoredUserCannotTakeAConfiguredUsersPlace() {
        make("admin", ScramMechanism.SCRAM_SHA_256, "stolen");
        assertThat(lets(authenticator, new Credentials.Password("admin", "stolen"))).isFalse();
        ScramCredential credential =
            Objects.requireNonNull(authenticator.scramCredential("admin", ScramMechanism.SCRAM_SHA_256).toCompletableFuture().join());
        assertThat(credential.isOf("configured")).isTrue();
    }

    @Test
    void anonymousClientsComeInWhereTheyAreLet() {
        Authenticator lenient = new UserAuthenticator(Map.of(), access.logins(), true, null);
        assertThat(lenient.authenticate(new Credentials.Anonymous()).toCompletableFuture().join()).isEqualTo(Principal.ANONYMOUS);
    }

    @Test
    void aTokenCountsUntilItExpires() {
        Proof proof = new Proof(new Principal("carol", Principal.ANONYMOUS.namespace()), 17);
        Authenticator withTokens = new UserAuthenticator(Map.of(), access.logins(), false,
            token -> CompletableFuture.completedFuture(proof));
        assertThat(withTokens.prove(new Credentials.Token("t")).toCompletableFuture().join()).isEqualTo(proof);
    }

    @Test
    void anOpenServerBelievesEveryNameAndStillWantsAScramUserToExist() {
        Authenticator open = Authenticator.open(access.logins());
        assertThat(lets(open, new Credentials.Password("anybody", "anything"))).isTrue();
        assertThat(lets(open, new Credentials.Token("t"))).isFalse();
        assertThat(open.scramCredential("anybody", ScramMechanism.SCRAM_SHA_256).toCompletableFuture().join()).isNull();
    }

    private Namespace namespaceOf(Credentials credentials) {
        return authenticator.authenticate(credentials).toCompletableFuture().join().namespace();
    }

    @Test
    void aUserIsInTheNamespaceOfWhoMadeItOrThatTheConfigurationNames() {
        access.users(OTHER).put("bob", ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "p", ScramMechanism.MIN_ITERATIONS))
            .toCompletableFuture().join();
        make("carol", ScramMechanism.SCRAM_SHA_512, "p");
        assertThat(namespaceOf(new Credentials.Password("admin", "configured"))).isEqualTo(ACME);
        assertThat(namespaceOf(new Credentials.Proven("admin"))).isEqualTo(ACME);
        assertThat(namespaceOf(new Credentials.Password("bob", "p"))).isEqualTo(OTHER);
        assertThat(namespaceOf(new Credentials.Proven("bob"))).isEqualTo(OTHER);
        assertThat(namespaceOf(new Credentials.Password("carol", "p"))).isEqualTo(Namespace.DEFAULT);
    }

    @Test
    void aNameInACertificateIsNotThatOfAStoredUser() {
        access.users(OTHER).put("machine", ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "p", ScramMechanism.MIN_ITERATIONS))
            .toCompletableFuture().join();
        assertThat(namespaceOf(new Credentials.Certified("machine"))).isEqualTo(Namespace.DEFAULT);
        assertThat(namespaceOf(new Credentials.Certified("admin"))).isEqualTo(ACME);
    }
}
