package io.tributary.protocol.kafka.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.access.AclAuthorizer;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Acl;
import io.tributary.core.security.Acls;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** The core's decisions beside those of Kafka's own authorizer, for the same rules and questions. */
class AclSemanticsPropertyTest {
    private static final List<String> NAMES = List.of("a", "ab", "abc", "b", "bc");
    private static final List<String> USERS = List.of("alice", "bob");
    private static final List<String> HOSTS = List.of("10.0.0.1", "10.0.0.2");

    /** Rules that do not change. */
    private record Rules(Set<Acl> all) implements Acls {
        @Override
        public CompletionStage<Void> add(Collection<Acl> acls) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> remove(Collection<Acl> acls) {
            throw new UnsupportedOperationException();
        }
    }

    @Provide
    Arbitrary<Set<Acl>> rules() {
        Arbitrary<Acl.Pattern> patterns = Combinators.combine(
            Arbitraries.of(Resource.Type.TOPIC, Resource.Type.SUBSCRIPTION), Arbitraries.of("a", "ab", "abc", "b", "*"),
            Arbitraries.of(true, false))
            .as((type, name, prefixed) -> new Acl.Pattern(type, name, prefixed && !name.equals("*")));
        Arbitrary<Operation> operations = Arbitraries.of(Operation.values()).injectNull(0.2);
        return Combinators.combine(patterns, Arbitraries.of("alice", "bob", "*"), Arbitraries.of("10.0.0.1", "10.0.0.2", "*"), operations,
            Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just(true)), Tuple.of(1, Arbitraries.just(false))))
            .as(Acl::new).set().ofMaxSize(8);
    }

    private static StandardAuthorizer kafkas(Set<Acl> rules, boolean allowIfNone) {
        StandardAuthorizer authorizer = new StandardAuthorizer();
        authorizer.configure(Map.of("allow.everyone.if.no.acl.found", Boolean.toString(allowIfNone), "super.users", "User:root"));
        authorizer.withPluginMetrics(new PluginMetricsImpl(new Metrics(), Map.of()));
        Map<Uuid, StandardAcl> acls = new HashMap<>();
        rules.forEach(rule -> acls.put(Uuid.randomUuid(), StandardAcl.fromAclBinding(AclBindings.toKafka(rule))));
        authorizer.loadSnapshot(acls);
        authorizer.completeInitialLoad();
        return authorizer;
    }

    private static AuthorizableRequestContext context(String user, String host) throws UnknownHostException {
        return new RequestContext(new RequestHeader(ApiKeys.METADATA, (short) 1, "test", 1), "1", InetAddress.getByName(host),
            new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user), ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
            SecurityProtocol.PLAINTEXT, ClientInformation.EMPTY, false);
    }

    @Property(tries = 300)
    void decisionsAreKafkas(@ForAll("rules") Set<Acl> rules, @ForAll boolean allowIfNone) throws UnknownHostException {
        AclAuthorizer ours = new AclAuthorizer(new Rules(rules), Set.of("root"), allowIfNone);
        StandardAuthorizer theirs = kafkas(rules, allowIfNone);
        for (String user : List.of("alice", "bob", "carol", "root")) {
            for (String host : HOSTS) {
                Principal principal = new Principal(user, Namespace.DEFAULT, host);
                for (String name : NAMES) {
                    for (Operation operation : Operation.values()) {
                        Action action = new Action(AclOperation.valueOf(operation.name()),
                            new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL), 1, false, false);
                        boolean expected = theirs.authorize(context(user, host), List.of(action)).get(0) == AuthorizationResult.ALLOWED;
                        assertThat(ours.allows(principal, operation, Resource.topic(name)))
                            .as("%s from %s %s %s", user, host, operation, name).isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Property(tries = 300)
    void whetherThereIsAnyTopicIsKafkasDecision(@ForAll("rules") Set<Acl> rules, @ForAll boolean allowIfNone) throws UnknownHostException {
        AclAuthorizer ours = new AclAuthorizer(new Rules(rules), Set.of("root"), allowIfNone);
        StandardAuthorizer theirs = kafkas(rules, allowIfNone);
        for (String user : USERS) {
            for (String host : HOSTS) {
                boolean expected = theirs.authorizeByResourceType(context(user, host), AclOperation.WRITE, ResourceType.TOPIC)
                    == AuthorizationResult.ALLOWED;
                assertThat(ours.allowsAny(new Principal(user, Namespace.DEFAULT, host), Operation.WRITE, Resource.Type.TOPIC))
                    .as("%s from %s", user, host).isEqualTo(expected);
            }
        }
    }
}
