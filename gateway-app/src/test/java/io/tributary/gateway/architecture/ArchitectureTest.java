package io.tributary.gateway.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The layout that docs/architecture.md draws, held on every class of every module. */
class ArchitectureTest {
    private static final int CLASSES_A_PACKAGE = 30;

    /** Packages that may hold more than {@link #CLASSES_A_PACKAGE}, with the reason. */
    private static final Map<String, String> LARGE_PACKAGES = Map.of(
        "io.tributary.protocol.kafka.handler", "one class per API of the protocol");

    private static JavaClasses product = new ClassFileImporter().importClasses();

    @BeforeAll
    static void importProduct() {
        product = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.tributary");
    }

    @ParameterizedTest
    @MethodSource
    void everyModuleIsImported(String className) {
        assertThat(product.stream().map(JavaClass::getName)).contains(className);
    }

    static Stream<String> everyModuleIsImported() {
        return Stream.of(
            "io.tributary.core.api.Broker",
            "io.tributary.protocol.kafka.KafkaProtocol",
            "io.tributary.protocol.amqp.AmqpProtocol",
            "io.tributary.protocol.mqtt.MqttProtocol",
            "io.tributary.protocol.http.HttpConfig",
            "io.tributary.gateway.TributaryApplication");
    }

    @Test
    void testsAreNotImported() {
        assertThat(product.stream().map(JavaClass::getSimpleName)).noneMatch(name -> name.endsWith("Test") || name.endsWith("IT"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void ruleHolds(String name, ArchRule rule, List<String> violation) {
        rule.allowEmptyShould(true).check(product);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void ruleFailsOnThePlantedViolation(String name, ArchRule rule, List<String> violation, @TempDir Path directory) throws IOException {
        JavaClasses planted = PlantedViolation.compile(directory, violation);
        assertThat(rule.allowEmptyShould(true).evaluate(planted).hasViolation()).as("%s is violated", name).isTrue();
    }

    static Stream<Arguments> rules() {
        return Stream.of(
            arguments("1 no package cycles", LayoutRules.packagesAreFreeOfCycles(), List.of(
                "package io.tributary.core.log; public class A { io.tributary.core.log.index.B b; }",
                "package io.tributary.core.log.index; public class B { io.tributary.core.log.A a; }")),
            arguments("2 protocols do not see each other", LayoutRules.protocolsDoNotSeeEachOther(), List.of(
                "package io.tributary.protocol.amqp.session; public class A { io.tributary.protocol.mqtt.B b; }",
                "package io.tributary.protocol.mqtt; public class B { }")),
            arguments("3 core does not see protocols", LayoutRules.coreSeesNeitherProtocolsNorGateway(), List.of(
                "package io.tributary.core.broker; public class A { io.tributary.protocol.mqtt.B b; }",
                "package io.tributary.protocol.mqtt; public class B { }")),
            arguments("3 core does not see the gateway", LayoutRules.coreSeesNeitherProtocolsNorGateway(), List.of(
                "package io.tributary.core.broker; public class A { io.tributary.gateway.net.B b; }",
                "package io.tributary.gateway.net; public class B { }")),
            arguments("4 protocols see only the core's front", LayoutRules.protocolsSeeOnlyTheCoresFront(), List.of(
                "package io.tributary.protocol.kafka.handler; public class A { io.tributary.core.log.B b; }",
                "package io.tributary.core.log; public class B { }")),
            arguments("5 Spring only in gateway and http", LayoutRules.springStaysInGatewayAndHttp(), List.of(
                "package io.tributary.protocol.kafka; public class A { org.springframework.stereotype.B b; }",
                "package org.springframework.stereotype; public class B { }")),
            arguments("6 codecs do not see the core", LayoutRules.codecsSeeNeitherCoreNorSession(), List.of(
                "package io.tributary.protocol.amqp.codec; public class A { io.tributary.core.model.B b; }",
                "package io.tributary.core.model; public class B { }")),
            arguments("6 codecs do not see their session", LayoutRules.codecsSeeNeitherCoreNorSession(), List.of(
                "package io.tributary.protocol.amqp.codec; public class A { io.tributary.protocol.amqp.session.B b; }",
                "package io.tributary.protocol.amqp.session; public class B { }")),
            arguments("7 log and store do not see channels", LayoutRules.logAndStoreDoNotSeeChannels(), List.of(
                "package io.tributary.core.store.file; public class A { io.netty.channel.B b; }",
                "package io.netty.channel; public class B { }")),
            arguments("8 RocksDB in its package", LayoutRules.librariesStayInThePackageNamedAfterThem(), List.of(
                "package io.tributary.core.subscription; public class A { org.rocksdb.B b; }",
                "package org.rocksdb; public class B { }")),
            arguments("8 BookKeeper in its package", LayoutRules.librariesStayInThePackageNamedAfterThem(), List.of(
                "package io.tributary.core.store; public class A { org.apache.bookkeeper.client.B b; }",
                "package org.apache.bookkeeper.client; public class B { }")),
            arguments("8 ZooKeeper in its package", LayoutRules.librariesStayInThePackageNamedAfterThem(), List.of(
                "package io.tributary.core.cluster; public class A { org.apache.zookeeper.B b; }",
                "package org.apache.zookeeper; public class B { }")),
            arguments("8 the AWS SDK in its package", LayoutRules.librariesStayInThePackageNamedAfterThem(), List.of(
                "package io.tributary.core.store; public class A { software.amazon.awssdk.services.s3.B b; }",
                "package software.amazon.awssdk.services.s3; public class B { }")),
            arguments("gateway sees only a protocol's front", LayoutRules.gatewaySeesOnlyProtocolAndConfig(), List.of(
                "package io.tributary.gateway.config; public class A { io.tributary.protocol.mqtt.session.B b; }",
                "package io.tributary.protocol.mqtt.session; public class B { }")),
            arguments("names are not vague", LayoutRules.namesAreNotVague(), List.of(
                "package io.tributary.core.log; public class OffsetHelper { }")));
    }

    @Test
    void packagesStaySmall() {
        Map<String, Long> sizes = new TreeMap<>();
        for (JavaClass type : product) {
            if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
                sizes.merge(type.getPackageName(), 1L, Long::sum);
            }
        }
        sizes.keySet().removeAll(LARGE_PACKAGES.keySet());
        assertThat(sizes).allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(CLASSES_A_PACKAGE));
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> bare = product.stream().map(JavaClass::getPackage).distinct()
            .filter(p -> !p.isAnnotatedWith(NullMarked.class)).map(JavaPackage::getName).sorted().toList();
        assertThat(bare).isEmpty();
    }
}
