package io.tributary.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.Namespace;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Acls;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AclAuthorizerTest {
    private static final Principal ALICE = new Principal("alice", Namespace.DEFAULT, "10.0.0.1");

    /** In memory. */
    private static final class Rules implements Acls {
        private volatile Set<Acl> all = Set.of();

        @Override
        public Set<Acl> all() {
            return all;
        }

        @Override
        public CompletionStage<Void> add(Collection<Acl> acls) {
            Set<Acl> next = new HashSet<>(all);
            next.addAll(acls);
            all = Set.copyOf(next);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> remove(Collection<Acl> acls) {
            Set<Acl> next = new HashSet<>(all);
            next.removeAll(acls);
            all = Set.copyOf(next);
            return CompletableFuture.completedFuture(null);
        }
    }

    private final Rules rules = new Rules();
    private final AclAuthorizer authorizer = new AclAuthorizer(rules, Set.of("root"), false);

    private Acl add(String topic, boolean prefixed, String who, String address, @Nullable Operation operation, boolean allows) {
        Acl acl = new Acl(new Acl.Pattern(Resource.Type.TOPIC, topic, prefixed), who, address, operation, allows);
        CompletionStage<Void> unused = rules.add(Set.of(acl));
        return acl;
    }

    private boolean may(Operation operation, String topic) {
        return authorizer.allows(ALICE, operation, Resource.topic(topic));
    }

    @Test
    void nobodyMayDoAnythingWithoutARuleButSuperUsers() {
        assertThat(may(Operation.READ, "t")).isFalse();
        assertThat(authorizer.allows(new Principal("root", Namespace.DEFAULT), Operation.DELETE, Resource.CLUSTER)).isTrue();
    }

    @Test
    void aRuleCountsAsSoonAsItIsThereAndNoLonger() {
        Acl acl = add("t", false, "alice", Acl.ANY, Operation.READ, true);
        assertThat(may(Operation.READ, "t")).isTrue();
        assertThat(may(Operation.READ, "t2")).isFalse();
        assertThat(may(Operation.WRITE, "t")).isFalse();
        assertThat(authorizer.allows(ALICE, Operation.READ, Resource.subscription("t"))).isFalse();
        CompletionStage<Void> unused = rules.remove(Set.of(acl));
        assertThat(may(Operation.READ, "t")).isFalse();
    }

    @Test
    void whoMayReadMayDescribeAndWhoMayOnlyDescribeMayNotRead() {
        add("t", false, "alice", Acl.ANY, Operation.READ, true);
        add("u", false, "alice", Acl.ANY, Operation.DESCRIBE, true);
        add("c", false, "alice", Acl.ANY, Operation.ALTER_CONFIGS, true);
        assertThat(may(Operation.DESCRIBE, "t")).isTrue();
        assertThat(may(Operation.READ, "u")).isFalse();
        assertThat(may(Operation.DESCRIBE_CONFIGS, "c")).isTrue();
        assertThat(may(Operation.DESCRIBE, "c")).isFalse();
    }

    @Test
    void aRuleThatForbidsCountsForMoreThanAnyThatAllows() {
        add("*", false, "alice", Acl.ANY, null, true);
        add("secret", true, Acl.ANY, Acl.ANY, Operation.READ, false);
        assertThat(may(Operation.READ, "public")).isTrue();
        assertThat(may(Operation.READ, "secret-1")).isFalse();
        assertThat(may(Operation.WRITE, "secret-1")).isTrue();
        assertThat(may(Operation.DESCRIBE, "secret-1")).as("what is not forbidden itself").isTrue();
    }

    @Test
    void aPrefixIsOfNamesThatBeginWithIt() {
        add("a.b", true, "alice", Acl.ANY, Operation.WRITE, true);
        add("a", true, "alice", Acl.ANY, Operation.READ, true);
        assertThat(may(Operation.WRITE, "a.b")).isTrue();
        assertThat(may(Operation.WRITE, "a.bc")).isTrue();
        assertThat(may(Operation.WRITE, "a.")).isFalse();
        assertThat(may(Operation.READ, "a.bc")).isTrue();
        assertThat(may(Operation.READ, "b")).isFalse();
    }

    @Test
    void anAddressIsAskedFor() {
        add("t", false, "alice", "10.0.0.1", Operation.READ, true);
        add("u", false, "alice", "10.0.0.2", Operation.READ, true);
        assertThat(may(Operation.READ, "t")).isTrue();
        assertThat(may(Operation.READ, "u")).isFalse();
    }

    @Test
    void everyTopicIsAllowedByARuleForAllAndNotIfOneIsForbidden() {
        add("t", true, "alice", Acl.ANY, Operation.READ, true);
        assertThat(may(Operation.READ, Resource.EVERY)).isFalse();
        add("*", false, "alice", Acl.ANY, Operation.READ, true);
        assertThat(may(Operation.READ, Resource.EVERY)).isTrue();
        add("secret", false, "alice", Acl.ANY, Operation.READ, false);
        assertThat(may(Operation.READ, Resource.EVERY)).isFalse();
    }

    @Test
    void withoutAnyRuleAboutItATopicIsOpenIfThatIsSet() {
        AclAuthorizer lenient = new AclAuthorizer(rules, Set.of(), true);
        assertThat(lenient.allows(ALICE, Operation.READ, Resource.topic("t"))).isTrue();
        add("t", false, "bob", Acl.ANY, Operation.READ, true);
        assertThat(lenient.allows(ALICE, Operation.READ, Resource.topic("t"))).isFalse();
        assertThat(lenient.allows(ALICE, Operation.READ, Resource.topic("u"))).isTrue();
    }
}
