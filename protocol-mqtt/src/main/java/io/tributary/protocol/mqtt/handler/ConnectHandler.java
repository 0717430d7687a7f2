package io.tributary.protocol.mqtt.handler;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.timeout.IdleStateHandler;
import io.tributary.core.model.Address;
import io.tributary.core.model.BrokerException;
import io.tributary.core.protocol.ConnectionEnds;
import io.tributary.core.security.Operation;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Resource;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.session.Connection;
import io.tributary.protocol.mqtt.session.Limits;
import io.tributary.protocol.mqtt.session.LiveSession;
import io.tributary.protocol.mqtt.session.Packets;
import io.tributary.protocol.mqtt.session.SessionRegistry.Opened;
import io.tributary.protocol.mqtt.state.SessionKey;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import io.tributary.protocol.mqtt.translate.ConnectRequest.Will;
import io.tributary.protocol.mqtt.translate.ErrorMapping;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** CONNECT and CONNACK (MQTT 5.0 sections 3.1 and 3.2). */
final class ConnectHandler {
    /** With {@link SessionKey#NAME_PREFIX} before it, a subscription's name. */
    private static final int MAX_CLIENT_ID = 1000;
    private static final int LEVEL_5 = ConnectRequest.LEVEL_5;
    private static final int NO_KEEP_ALIVE_CAP = 0xFFFF;

    private ConnectHandler() {
    }

    static void handle(Connection connection, MqttConnectMessage message) {
        ConnectRequest request = ConnectRequest.of(message);
        connection.connecting(request);
        Limits limits = connection.services().limits();
        Will will = request.will();
        String clientId = request.clientId();
        if (request.enhancedAuthentication()) {
            connection.refuse(Reason.BAD_AUTHENTICATION_METHOD, "enhanced authentication is not supported");
        } else if (clientId.isEmpty() && request.level() < LEVEL_5 && !request.cleanStart()) {
            connection.refuse(Reason.CLIENT_IDENTIFIER_NOT_VALID, "a persistent session wants a client identifier");
        } else if (clientId.length() > MAX_CLIENT_ID) {
            connection.refuse(Reason.CLIENT_IDENTIFIER_NOT_VALID, "a client identifier has at most " + MAX_CLIENT_ID + " characters");
        } else if (will != null && will.publication().qos() > limits.maxQos()) {
            connection.refuse(Reason.QOS_NOT_SUPPORTED, "the will's QoS is over the maximum");
        } else if (will != null && will.publication().path().startsWith("$")) {
            connection.refuse(Reason.TOPIC_NAME_INVALID, "topics that begin with $ are the server's");
        } else {
            connection.hold(connection.services().authenticator().authenticate(request.credentials()), (principal, failure) -> {
                if (connection.phase() == Connection.Phase.CLOSED) {
                    return;
                }
                if (failure != null || principal == null) {
                    BrokerException cause = BrokerException.of(failure == null ? new IllegalStateException("no principal") : failure);
                    connection.refuse(ErrorMapping.connect(cause.code()), cause.getMessage());
                } else {
                    open(connection, request, principal.at(ConnectionEnds.of(connection.channel()).clientAddress()));
                }
            });
        }
    }

    private static void open(Connection connection, ConnectRequest request, Principal principal) {
        Will will = request.will();
        if (will != null) {
            String topic = Address.parse(principal.namespace(), will.publication().path()).topic().name();
            if (!connection.services().authorizer().allows(principal, Operation.WRITE, Resource.topic(topic))) {
                connection.refuse(Reason.NOT_AUTHORIZED, "the will may not be published");
                return;
            }
        }
        String clientId = request.clientId().isEmpty() ? "auto-" + UUID.randomUUID() : request.clientId();
        long expiry = Math.min(request.sessionExpiry(), connection.services().limits().sessionExpiryCapSeconds());
        SessionKey key = new SessionKey(principal.namespace(), clientId);
        connection.hold(connection.services().registry().open(key, connection, request, expiry), (opened, failure) -> {
            if (opened == null) {
                connection.openFailed();
                BrokerException cause = BrokerException.of(failure == null ? new IllegalStateException("no session") : failure);
                connection.refuse(ErrorMapping.connect(cause.code()), cause.getMessage());
                return;
            }
            LiveSession live = connection.opened(opened.session(), request, principal);
            if (live != null) {
                accept(live, opened, expiry);
            }
        });
    }

    private static void accept(LiveSession live, Opened opened, long expiry) {
        Connection connection = live.connection();
        ConnectRequest request = live.request();
        connection.services().sys().count(1);
        connection.channel().closeFuture().addListener(closed -> connection.services().sys().count(-1));
        int keepAlive = keepAlive(request, connection.services().limits());
        if (keepAlive > 0) {
            long silence = TimeUnit.SECONDS.toMillis(keepAlive) * 3 / 2;
            connection.channel().pipeline().addFirst("keep-alive", new IdleStateHandler(silence, 0, 0, TimeUnit.MILLISECONDS));
        }
        boolean present = opened.present() && request.level() > 3;
        connection.write(new MqttConnAckMessage(Packets.header(MqttMessageType.CONNACK),
            new MqttConnAckVariableHeader(MqttConnectReturnCode.CONNECTION_ACCEPTED, present, properties(live, expiry, keepAlive))));
        connection.channel().flush();
        live.start();
    }

    /** The keep-alive in force, in seconds. Before MQTT 5.0 a client cannot be told of a shorter one. */
    private static int keepAlive(ConnectRequest request, Limits limits) {
        int cap = limits.keepAliveCapSeconds();
        int asked = request.keepAlive();
        boolean capped = request.level() == LEVEL_5 && cap < NO_KEEP_ALIVE_CAP && (asked == 0 || asked > cap);
        return capped ? cap : asked;
    }

    private static MqttProperties properties(LiveSession live, long expiry, int keepAlive) {
        ConnectRequest request = live.request();
        Limits limits = live.services().limits();
        if (request.level() < LEVEL_5) {
            return MqttProperties.NO_PROPERTIES;
        }
        MqttProperties properties = new MqttProperties();
        add(properties, MqttProperties.RECEIVE_MAXIMUM, limits.receiveMaximum());
        add(properties, MqttProperties.MAXIMUM_PACKET_SIZE, limits.maxPacketBytes());
        add(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
        if (limits.maxQos() < 2) {
            add(properties, MqttProperties.MAXIMUM_QOS, limits.maxQos());
        }
        if (expiry != request.sessionExpiry()) {
            add(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, (int) expiry);
        }
        if (keepAlive != request.keepAlive()) {
            add(properties, MqttProperties.SERVER_KEEP_ALIVE, keepAlive);
        }
        if (request.clientId().isEmpty()) {
            properties.add(new MqttProperties.StringProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, live.session().key().clientId()));
        }
        return properties;
    }

    private static void add(MqttProperties properties, int id, int value) {
        properties.add(new MqttProperties.IntegerProperty(id, value));
    }
}
