package io.tributary.gateway;

import io.tributary.core.access.AclAuthorizer;
import io.tributary.core.access.UserAuthenticator;
import io.tributary.core.broker.BrokerConfig;
import io.tributary.core.broker.EmbeddedBroker;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Logins;
import io.tributary.core.security.TokenVerifier;
import io.tributary.gateway.config.SecurityProperties;
import io.tributary.gateway.config.TributaryProperties;
import io.tributary.gateway.net.ProtocolPort;
import io.tributary.gateway.security.JwtVerifier;
import io.tributary.protocol.amqp.AmqpConfig;
import io.tributary.protocol.amqp.AmqpProtocol;
import io.tributary.protocol.kafka.KafkaProtocol;
import io.tributary.protocol.mqtt.MqttConfig;
import io.tributary.protocol.mqtt.MqttProtocol;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The broker and the protocols that speak for it: a new protocol is one line of {@link #protocols}. */
@Configuration(proxyBeanMethods = false)
class BrokerWiring {
    /** Opened before any port, closed after all of them. */
    @Bean(destroyMethod = "close")
    EmbeddedBroker broker(TributaryProperties properties) {
        BrokerConfig.Durability durability = switch (properties.log().durability()) {
            case FSYNC -> BrokerConfig.Durability.FSYNC;
            case OS -> BrokerConfig.Durability.OS;
        };
        return EmbeddedBroker.open(BrokerConfig.of(properties.dataDir())
            .withDurability(durability)
            .withTier(properties.tier().settings())
            .withTopics(properties.topics().autoCreate(), properties.topics().defaults()));
    }

    @Bean
    ProtocolContext protocolContext(EmbeddedBroker broker, TributaryProperties properties) {
        SecurityProperties security = properties.security();
        Logins users = broker.access().logins();
        if (!security.isOn()) {
            return new ProtocolContext(broker, Authenticator.open(users), Authorizer.open(), properties.advertisedHost());
        }
        TokenVerifier tokens = security.oauth().isOn() ? new JwtVerifier(security.oauth()) : null;
        UserAuthenticator authenticator =
            new UserAuthenticator(security.users(), security.namespacesByName(), users, security.anonymous(), tokens);
        return new ProtocolContext(broker, authenticator,
            new AclAuthorizer(broker.access()::acls, security.superUserNames(), security.allowIfNoAcl()), properties.advertisedHost());
    }

    static List<ProtocolPort> protocols(TributaryProperties properties) {
        List<ProtocolPort> ports = new ArrayList<>();
        if (properties.kafka().enabled()) {
            ports.add(new ProtocolPort(new KafkaProtocol(KafkaSettings.of(properties)), "Kafka", properties.kafka().port(),
                properties.kafka().listeners()));
        }
        if (properties.amqp().enabled()) {
            ports.add(new ProtocolPort(new AmqpProtocol(AmqpConfig.DEFAULT), "AMQP 0-9-1", properties.amqp().port(),
                properties.amqp().listeners()));
        }
        if (properties.mqtt().enabled()) {
            ports.add(new ProtocolPort(new MqttProtocol(MqttConfig.DEFAULT), "MQTT", properties.mqtt().port(),
                properties.mqtt().listeners()));
        }
        return ports;
    }
}
