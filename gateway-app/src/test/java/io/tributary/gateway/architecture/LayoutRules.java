package io.tributary.gateway.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.Map;

/** The rules of the layout, each evaluated on the product and on a planted violation. */
final class LayoutRules {
    private static final String PROTOCOLS = "io.tributary.protocol..";
    private static final String CORE = "io.tributary.core..";
    private static final String GATEWAY = "io.tributary.gateway..";

    /** A library, and the packages that alone may name it. */
    private static final Map<String, List<String>> LIBRARIES = Map.of(
        "org.rocksdb..", List.of("io.tributary..rocksdb.."),
        "org.apache.bookkeeper..", List.of("io.tributary..ledger..", "io.tributary..bookkeeper.."),
        "org.apache.zookeeper..", List.of("io.tributary..zookeeper.."),
        "org.apache.curator..", List.of("io.tributary..zookeeper.."),
        "software.amazon.awssdk..", List.of("io.tributary..object.."));

    private static final List<String> VAGUE_NAMES = List.of("Util", "Utils", "Helper", "Manager", "Impl");

    private LayoutRules() {
    }

    /** Rule 1. */
    static ArchRule packagesAreFreeOfCycles() {
        return slices().matching("io.tributary.(**)").should().beFreeOfCycles();
    }

    /** Rule 2. */
    static ArchRule protocolsDoNotSeeEachOther() {
        return slices().matching("io.tributary.protocol.(*)..").should().notDependOnEachOther();
    }

    /** Rule 3. */
    static ArchRule coreSeesNeitherProtocolsNorGateway() {
        return noClasses().that().resideInAPackage(CORE)
            .should().dependOnClassesThat().resideInAnyPackage(PROTOCOLS, GATEWAY);
    }

    /** Rule 4. */
    static ArchRule protocolsSeeOnlyTheCoresFront() {
        DescribedPredicate<JavaClass> inner = resideInAPackage(CORE).and(DescribedPredicate.not(resideInAnyPackage(
            "io.tributary.core.api..", "io.tributary.core.model..", "io.tributary.core.security..", "io.tributary.core.protocol..")));
        return noClasses().that().resideInAPackage(PROTOCOLS)
            .should().dependOnClassesThat(inner.or(resideInAPackage(GATEWAY)).as("are the core's inside or the gateway"));
    }

    /** Rule 5. */
    static ArchRule springStaysInGatewayAndHttp() {
        return noClasses().that().resideOutsideOfPackages(GATEWAY, "io.tributary.protocol.http..")
            .should().dependOnClassesThat().resideInAPackage("org.springframework..");
    }

    /** Rule 6. */
    static ArchRule codecsSeeNeitherCoreNorSession() {
        return noClasses().that().resideInAPackage("io.tributary.protocol.*.codec..")
            .should().dependOnClassesThat().resideInAnyPackage(CORE, "io.tributary.protocol.*.session..");
    }

    /** Rule 7. */
    static ArchRule logAndStoreDoNotSeeChannels() {
        return noClasses().that().resideInAnyPackage("io.tributary.core.log..", "io.tributary.core.store..")
            .should().dependOnClassesThat().resideInAPackage("io.netty.channel..");
    }

    /** Rule 8. */
    static ArchRule librariesStayInThePackageNamedAfterThem() {
        CompositeArchRule all = null;
        for (Map.Entry<String, List<String>> library : LIBRARIES.entrySet()) {
            ArchRule rule = noClasses().that().resideOutsideOfPackages(library.getValue().toArray(String[]::new))
                .should().dependOnClassesThat().resideInAPackage(library.getKey());
            all = all == null ? CompositeArchRule.of(rule) : all.and(rule);
        }
        return all == null ? classes().should().bePublic() : all;
    }

    /** The gateway wires a protocol through its two public classes and reaches no further. */
    static ArchRule gatewaySeesOnlyProtocolAndConfig() {
        DescribedPredicate<JavaClass> front = describe("are a protocol's front", type -> {
            JavaClass outer = outermost(type);
            return outer.getPackageName().matches("io\\.tributary\\.protocol\\.[a-z0-9]+")
                && (outer.getSimpleName().endsWith("Protocol") || outer.getSimpleName().endsWith("Config"));
        });
        return noClasses().that().resideInAPackage(GATEWAY)
            .should().dependOnClassesThat(resideInAPackage(PROTOCOLS).and(DescribedPredicate.not(front)).as("are a protocol's inside"));
    }

    /** A name says what a class is. */
    static ArchRule namesAreNotVague() {
        DescribedPredicate<JavaClass> vague = describe("are vaguely named",
            type -> VAGUE_NAMES.stream().anyMatch(suffix -> type.getSimpleName().endsWith(suffix)));
        return noClasses().should(ArchCondition.from(vague));
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }
}
