package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on several listeners of each protocol, with clients of these protocols; and who a client's certificate makes it. */
class TlsIT {
    @TempDir
    private static Path files;
    private static X509Bundle authority;
    private static TributaryServer server;

    @BeforeAll
    static void start() throws Exception {
        authority = new CertificateBuilder().subject("CN=Test Authority").setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle own = new CertificateBuilder().subject("CN=tributary").addSanIpAddress("127.0.0.1").buildIssuedBy(authority);
        server = TributaryServer.start("--tributary.security.users.admin=admin-secret",
            "--tributary.tls.certificate=" + write("server.pem", own.getCertificatePathPEM()),
            "--tributary.tls.private-key=" + write("server.key", own.getPrivateKeyPEM()),
            "--tributary.tls.trusted-certificates=" + write("authority.pem", authority.getCertificatePEM()),
            "--tributary.kafka.principal-mapping-rules=RULE:^CN=([a-z]+),OU=machines.*$/$1/,DEFAULT",
            "--tributary.kafka.listeners[0].name=inside", "--tributary.kafka.listeners[0].port=0",
            "--tributary.kafka.listeners[0].protocol=SASL_PLAINTEXT",
            "--tributary.kafka.listeners[1].name=outside", "--tributary.kafka.listeners[1].port=0",
            "--tributary.kafka.listeners[1].protocol=SASL_SSL",
            "--tributary.kafka.listeners[2].name=machines", "--tributary.kafka.listeners[2].port=0",
            "--tributary.kafka.listeners[2].protocol=SSL", "--tributary.kafka.listeners[2].client-auth=need",
            "--tributary.amqp.listeners[0].name=tls", "--tributary.amqp.listeners[0].port=0",
            "--tributary.amqp.listeners[0].protocol=SSL",
            "--tributary.mqtt.listeners[0].name=tls", "--tributary.mqtt.listeners[0].port=0",
            "--tributary.mqtt.listeners[0].protocol=SSL");
        try (Admin root = Admin.create(inside())) {
            KafkaLogins.get(root.createTopics(List.of(new NewTopic("measured", 1, (short) 1))).all());
            KafkaLogins.get(root.createAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.TOPIC, "measured", PatternType.LITERAL),
                new AccessControlEntry("User:sensor", "*", AclOperation.ALL, AclPermissionType.ALLOW)))).all());
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path write(String name, String pem) throws Exception {
        return Files.writeString(files.resolve(name), pem);
    }

    private static Map<String, Object> inside() {
        return KafkaLogins.login(server.port("kafka.inside"), "PLAIN", "admin", "admin-secret");
    }

    private static Map<String, Object> trusting(X509Bundle trusted) {
        return Map.of("ssl.truststore.type", "PEM", "ssl.truststore.certificates", trusted.getCertificatePEM());
    }

    private static Map<String, Object> outside(String password, X509Bundle trusted) {
        Map<String, Object> login = KafkaLogins.login(server.port("kafka.outside"), "SCRAM-SHA-512", "admin", password);
        return KafkaLogins.with(KafkaLogins.with(login, Map.of("security.protocol", "SASL_SSL")), trusting(trusted));
    }

    private static Map<String, Object> machine(X509Bundle identity) {
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:" + server.port("kafka.machines"), "security.protocol", "SSL",
            "ssl.keystore.type", "PEM", "ssl.keystore.certificate.chain", identity.getCertificatePathPEM(),
            "ssl.keystore.key", identity.getPrivateKeyPEM());
        return KafkaLogins.with(settings, trusting(authority));
    }

    private static X509Bundle certificate(String subject, X509Bundle issuer) throws Exception {
        return new CertificateBuilder().subject(subject).addExtendedKeyUsageClientAuth().buildIssuedBy(issuer);
    }

    @Test
    void aUserLogsInWithinTlsAndReadsWhatWasWritten() throws Exception {
        KafkaLogins.produce(outside("admin-secret", authority), "written");
        Map<String, Object> settings = KafkaLogins.with(outside("admin-secret", authority), Map.of("auto.offset.reset", "earliest"));
        try (Consumer<String, String> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("written", 0)));
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(60));
            assertThat(records).hasSize(1);
        }
        assertThatExceptionOfType(SaslAuthenticationException.class).isThrownBy(() -> KafkaLogins.nodes(outside("wrong", authority)));
    }

    @Test
    void theServersCertificateIsTheConfiguredOne() throws Exception {
        X509Bundle stranger = new CertificateBuilder().subject("CN=Stranger").setIsCertificateAuthority(true).buildSelfSigned();
        assertThatExceptionOfType(SslAuthenticationException.class)
            .isThrownBy(() -> KafkaLogins.nodes(outside("admin-secret", stranger)));
    }

    @Test
    void aCertificateNamesItsOwner() throws Exception {
        X509Bundle sensor = certificate("CN=sensor,OU=machines,O=Works", authority);
        KafkaLogins.produce(machine(sensor), "measured");
        assertThatExceptionOfType(TopicAuthorizationException.class).isThrownBy(() -> KafkaLogins.produce(machine(sensor), "written"));
        X509Bundle other = certificate("CN=sensor,OU=people,O=Works", authority);
        assertThatExceptionOfType(TopicAuthorizationException.class).as("by the default rule its whole name")
            .isThrownBy(() -> KafkaLogins.produce(machine(other), "measured"));
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNone() throws Exception {
        X509Bundle forger = new CertificateBuilder().subject("CN=Test Authority").setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle forged = certificate("CN=sensor,OU=machines,O=Works", forger);
        assertThatExceptionOfType(SslAuthenticationException.class).isThrownBy(() -> KafkaLogins.nodes(machine(forged)));
    }

    @Test
    void clientsAreSentBackToTheListenerThatTheyCameTo() throws Exception {
        try (Admin admin = Admin.create(outside("admin-secret", authority))) {
            assertThat(KafkaLogins.get(admin.describeCluster().nodes())).singleElement()
                .satisfies(node -> assertThat(node.port()).isEqualTo(server.port("kafka.outside")));
        }
    }

    private static TrustManagerFactory trust() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.getCertificate());
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    @Test
    void amqpIsSpokenWithinTls() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust().getTrustManagers(), null);
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.port("amqp.tls"));
        factory.setUsername("admin");
        factory.setPassword("admin-secret");
        factory.useSslProtocol(context);
        factory.enableHostnameVerification();
        try (Connection connection = factory.newConnection()) {
            String queue = connection.createChannel().queueDeclare().getQueue();
            assertThat(queue).isNotEmpty();
        }
    }

    @Test
    void mqttIsSpokenWithinTls() throws Exception {
        Mqtt5BlockingClient client = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(server.port("mqtt.tls"))
            .sslConfig().trustManagerFactory(trust()).applySslConfig()
            .simpleAuth().username("admin").password("admin-secret".getBytes(StandardCharsets.UTF_8)).applySimpleAuth()
            .buildBlocking();
        client.connect();
        assertThat(client.getState().isConnected()).isTrue();
        client.disconnect();
    }
}
