package io.tributary.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.metadata.rocksdb.RocksMetadataStore;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Quotas;
import io.tributary.core.security.Resource;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredAccessTest {
    private static final ScramCredential SHA_256 =
        ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "secret", ScramMechanism.MIN_ITERATIONS);
    private static final ScramCredential SHA_512 =
        ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_512, "secret", ScramMechanism.MIN_ITERATIONS);

    @TempDir
    private Path directory;
    private RocksMetadataStore store;
    private StoredAccess access;

    @BeforeEach
    void open() {
        store = new RocksMetadataStore(directory);
        access = new StoredAccess(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Acl acl(String topic, @Nullable Operation operation, boolean allows) {
        return new Acl(new Acl.Pattern(Resource.Type.TOPIC, topic, false), "alice", Acl.ANY, operation, allows);
    }

    @Test
    void usersAreThereAfterARestartAndTheirPasswordsNowhere() throws Exception {
        await(access.users(Namespace.DEFAULT).put("alice/ü", SHA_256));
        await(access.users(Namespace.DEFAULT).put("alice/ü", SHA_512));
        await(access.users(Namespace.DEFAULT).put("bob", SHA_512));
        reopen();
        assertThat(access.users(Namespace.DEFAULT).all()).containsOnlyKeys("alice/ü", "bob");
        assertThat(access.users(Namespace.DEFAULT).credential("alice/ü", ScramMechanism.SCRAM_SHA_256)).isEqualTo(SHA_256);
        assertThat(access.users(Namespace.DEFAULT).credential("alice/ü", ScramMechanism.SCRAM_SHA_512)).isEqualTo(SHA_512);
        assertThat(access.users(Namespace.DEFAULT).credential("bob", ScramMechanism.SCRAM_SHA_256)).isNull();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("secret");
            }
        }
    }

    @Test
    void aUserGoesWithItsLastCredential() {
        await(access.users(Namespace.DEFAULT).put("alice", SHA_256));
        await(access.users(Namespace.DEFAULT).put("alice", SHA_512));
        assertThat(await(access.users(Namespace.DEFAULT).remove("alice", ScramMechanism.SCRAM_SHA_256))).isTrue();
        assertThat(await(access.users(Namespace.DEFAULT).remove("alice", ScramMechanism.SCRAM_SHA_256))).isFalse();
        assertThat(access.users(Namespace.DEFAULT).all()).containsOnlyKeys("alice");
        assertThat(await(access.users(Namespace.DEFAULT).remove("alice", ScramMechanism.SCRAM_SHA_512))).isTrue();
        reopen();
        assertThat(access.users(Namespace.DEFAULT).all()).isEmpty();
    }

    @Test
    void namesThatCannotBeUsersAreRefused() {
        for (String name : List.of("", "x".repeat(251), "ANONYMOUS")) {
            assertThat(failure(access.users(Namespace.DEFAULT).put(name, SHA_256)).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    private static BrokerException failure(CompletionStage<?> stage) {
        Throwable failure = stage.handle((value, thrown) -> thrown).toCompletableFuture().join();
        return BrokerException.of(failure);
    }

    @Test
    void aclsAreThereAfterARestartUntilTheyAreRemoved() {
        Acl all = acl("t", null, true);
        Acl read = new Acl(new Acl.Pattern(Resource.Type.SUBSCRIPTION, "g-", true), Acl.ANY, "127.0.0.1", Operation.READ, false);
        await(access.acls(Namespace.DEFAULT).add(List.of(all, read)));
        assertThat(access.acls(Namespace.DEFAULT).all()).isSameAs(access.acls(Namespace.DEFAULT).all());
        reopen();
        assertThat(access.acls(Namespace.DEFAULT).all()).containsExactlyInAnyOrder(all, read);
        await(access.acls(Namespace.DEFAULT).remove(Set.of(all, acl("other", null, true))));
        reopen();
        assertThat(access.acls(Namespace.DEFAULT).all()).containsExactly(read);
    }

    @Test
    void changesAtTheSameTimeAreAllKept() {
        List<CompletableFuture<Void>> adding = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            adding.add(access.acls(Namespace.DEFAULT).add(List.of(acl("t" + i, Operation.READ, true))).toCompletableFuture());
        }
        CompletableFuture.allOf(adding.toArray(CompletableFuture[]::new)).join();
        assertThat(access.acls(Namespace.DEFAULT).all()).hasSize(200);
        reopen();
        assertThat(access.acls(Namespace.DEFAULT).all()).hasSize(200);
    }

    @Test
    void aChangeThatFailsDoesNotHoldUpTheNext() {
        assertThat(failure(access.quotas(Namespace.DEFAULT).change(new Quotas.Entity(null, null), Map.of("a", 1.0))).code())
            .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        store.close();
        assertThat(failure(access.acls(Namespace.DEFAULT).add(List.of(acl("t", null, true)))).code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(access.acls(Namespace.DEFAULT).all()).isEmpty();
    }

    @Test
    void quotasAreThereAfterARestart() {
        Quotas.Entity alice = new Quotas.Entity(new Quotas.Part("alice"), Quotas.Part.OTHERS);
        Quotas.Entity everybody = new Quotas.Entity(Quotas.Part.OTHERS, null);
        Map<String, @Nullable Double> both = new HashMap<>(Map.of("producer_byte_rate", 1000.5, "consumer_byte_rate", 2000.0));
        await(access.quotas(Namespace.DEFAULT).change(alice, both));
        await(access.quotas(Namespace.DEFAULT).change(everybody, Map.of("request_percentage", 50.0)));
        reopen();
        assertThat(access.quotas(Namespace.DEFAULT).all()).isEqualTo(Map.of(alice, both, everybody, Map.of("request_percentage", 50.0)));
        Map<String, @Nullable Double> removal = new HashMap<>();
        removal.put("request_percentage", null);
        await(access.quotas(Namespace.DEFAULT).change(everybody, removal));
        reopen();
        assertThat(access.quotas(Namespace.DEFAULT).all()).containsOnlyKeys(alice);
    }

    @Test
    void namespacesKeepUsersRulesAndQuotasApart() {
        Namespace acme = new Namespace("acme");
        Quotas.Entity everybody = new Quotas.Entity(Quotas.Part.OTHERS, null);
        await(access.users(acme).put("bob", SHA_256));
        await(access.acls(acme).add(List.of(acl("t", Operation.READ, true))));
        await(access.quotas(acme).change(everybody, Map.of("request_percentage", 50.0)));
        Set<Acl> ofAcme = access.acls(acme).all();
        await(access.acls(Namespace.DEFAULT).add(List.of(acl("u", Operation.READ, true))));
        assertThat(access.acls(acme).all()).as("nothing changed there").isSameAs(ofAcme);
        for (int round = 0; round < 2; round++) {
            assertThat(access.users(acme).all()).containsOnlyKeys("bob");
            assertThat(access.users(Namespace.DEFAULT).all()).isEmpty();
            assertThat(access.users(Namespace.DEFAULT).credential("bob", ScramMechanism.SCRAM_SHA_256)).isNull();
            assertThat(access.logins().credential("bob", ScramMechanism.SCRAM_SHA_256)).isEqualTo(SHA_256);
            assertThat(access.logins().namespace("bob")).isEqualTo(acme);
            assertThat(access.acls(acme).all()).containsExactly(acl("t", Operation.READ, true));
            assertThat(access.acls(Namespace.DEFAULT).all()).containsExactly(acl("u", Operation.READ, true));
            assertThat(access.quotas(acme).all()).containsOnlyKeys(everybody);
            assertThat(access.quotas(Namespace.DEFAULT).all()).isEmpty();
            reopen();
        }
        await(access.acls(acme).remove(List.of(acl("t", Operation.READ, true), acl("u", Operation.READ, true))));
        assertThat(access.acls(acme).all()).isEmpty();
        assertThat(access.acls(Namespace.DEFAULT).all()).hasSize(1);
    }

    @Test
    void aNameIsOneUsersOnly() {
        Namespace acme = new Namespace("acme");
        await(access.users(acme).put("bob", SHA_256));
        assertThat(failure(access.users(Namespace.DEFAULT).put("bob", SHA_512)).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(await(access.users(Namespace.DEFAULT).remove("bob", ScramMechanism.SCRAM_SHA_256))).isFalse();
        assertThat(await(access.users(acme).remove("bob", ScramMechanism.SCRAM_SHA_256))).isTrue();
        await(access.users(Namespace.DEFAULT).put("bob", SHA_512));
        assertThat(access.logins().namespace("bob")).isEqualTo(Namespace.DEFAULT);
    }
}
