package io.tributary.protocol.amqp.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Credentials;
import io.tributary.core.security.Principal;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.ConnectionMethod;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.FieldTableCodec;
import io.tributary.protocol.amqp.codec.FieldValue;
import io.tributary.protocol.amqp.codec.Frame;
import io.tributary.protocol.amqp.codec.Method;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.handler.Client;
import io.tributary.protocol.amqp.translate.AmqpNames;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Opens a connection (section 2.2.4 of the specification): start, authentication, tune, open. */
final class Handshake {
    private static final String MECHANISMS = "PLAIN AMQPLAIN ANONYMOUS";
    private static final String LOCALE = "en_US";

    /** What is awaited; each step leads to the one below it. */
    private enum Step { START_OK, AUTHENTICATION, TUNE_OK, OPEN, NOTHING }

    private final ConnectionSession connection;
    private final Services services;
    private Step step = Step.START_OK;
    private FieldTable clientProperties = FieldTable.EMPTY;
    private Principal principal = Principal.ANONYMOUS;
    private int frameMax;
    private int channelMax;

    Handshake(ConnectionSession connection, Services services) {
        this.connection = connection;
        this.services = services;
        this.frameMax = services.limits().frameMax();
        this.channelMax = services.limits().channelMax();
    }

    int frameMax() {
        return frameMax;
    }

    int channelMax() {
        return channelMax;
    }

    /** Whether the client says that it can do this. */
    boolean clientHas(String capability) {
        return clientProperties.get("capabilities") instanceof FieldValue.Table table
            && table.table().isTrue(capability);
    }

    void start() {
        connection.outbound().method(0, new ConnectionMethod.Start(0, 9, serverProperties(), utf8(MECHANISMS), utf8(LOCALE)));
    }

    void onMethod(Method method) {
        if (step == Step.START_OK && method instanceof ConnectionMethod.StartOk startOk) {
            startOk(startOk);
        } else if (step == Step.TUNE_OK && method instanceof ConnectionMethod.TuneOk tuneOk) {
            tuneOk(tuneOk);
        } else if (step == Step.OPEN && method instanceof ConnectionMethod.Open open) {
            open(open);
        } else {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "unexpected method while the connection is being opened");
        }
    }

    /** Only what is built is promised. */
    private FieldTable serverProperties() {
        FieldTable capabilities = FieldTable.builder().put("publisher_confirms", true).put("exchange_exchange_bindings", false)
            .put("basic.nack", true).put("consumer_cancel_notify", true).put("connection.blocked", false)
            .put("consumer_priorities", false).put("authentication_failure_close", true).put("per_consumer_qos", true)
            .put("direct_reply_to", false).build();
        String version = Handshake.class.getPackage().getImplementationVersion();
        return FieldTable.builder().put("product", "Tributary").put("version", version == null ? "development" : version)
            .put("platform", "Java").put("cluster_name", services.broker().clusterId())
            .put("capabilities", new FieldValue.Table(capabilities)).build();
    }

    private void startOk(ConnectionMethod.StartOk method) {
        clientProperties = method.clientProperties();
        Credentials credentials = credentials(method.mechanism(), method.response());
        step = Step.AUTHENTICATION;
        services.authenticator().authenticate(credentials).whenComplete((who, failure) -> connection.mailbox().post(() -> {
            if (!connection.isOpening()) {
                return;
            }
            if (failure != null || who == null) {
                connection.refuseLogin(method.mechanism());
            } else {
                authenticated(who);
            }
        }));
    }

    private void authenticated(Principal who) {
        principal = who.at(connection.clientAddress());
        step = Step.TUNE_OK;
        Limits limits = services.limits();
        connection.outbound().method(0,
            new ConnectionMethod.Tune(limits.channelMax(), limits.frameMax(), (int) limits.heartbeat().toSeconds()));
    }

    private void tuneOk(ConnectionMethod.TuneOk method) {
        Limits limits = services.limits();
        if (method.frameMax() != 0 && method.frameMax() < Frame.MIN_FRAME_MAX) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED,
                "negotiated frame_max = " + method.frameMax() + " is lower than the minimum allowed value (" + Frame.MIN_FRAME_MAX + ")");
        }
        if (method.frameMax() > limits.frameMax()) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED,
                "negotiated frame_max = " + method.frameMax() + " is higher than the maximum allowed value (" + limits.frameMax() + ")");
        }
        if (method.channelMax() > limits.channelMax()) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, "negotiated channel_max = " + method.channelMax()
                + " is higher than the maximum allowed value (" + limits.channelMax() + ")");
        }
        frameMax = method.frameMax() == 0 ? limits.frameMax() : (int) method.frameMax();
        channelMax = method.channelMax() == 0 ? limits.channelMax() : method.channelMax();
        step = Step.OPEN;
        connection.tuned(frameMax, method.heartbeat());
    }

    private void open(ConnectionMethod.Open method) {
        Namespace namespace = AmqpNames.namespace(method.virtualHost());
        if (namespace == null || !namespace.equals(principal.namespace())) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, "vhost " + method.virtualHost() + " not found");
        }
        step = Step.NOTHING;
        connection.opened(new Client(principal, namespace, method.virtualHost(), ServerNames.next("amqp-")));
        connection.outbound().method(0, new ConnectionMethod.OpenOk());
    }

    private static Credentials credentials(String mechanism, byte[] response) {
        return switch (mechanism) {
            case "PLAIN" -> plain(response);
            case "AMQPLAIN" -> amqplain(response);
            case "ANONYMOUS" -> new Credentials.Anonymous();
            default -> throw new AmqpException(ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + mechanism + "'");
        };
    }

    /** RFC 4616: authorisation identity (not used), name and password, divided by NUL. */
    private static Credentials plain(byte[] response) {
        String text = new String(response, StandardCharsets.UTF_8);
        int name = text.indexOf('\0');
        int password = name < 0 ? -1 : text.indexOf('\0', name + 1);
        if (password < 0) {
            throw AmqpException.ofConnection(ReplyCode.SYNTAX_ERROR, "a PLAIN response has two NUL characters");
        }
        return new Credentials.Password(text.substring(name + 1, password), text.substring(password + 1));
    }

    /** A field table without its length. */
    private static Credentials amqplain(byte[] response) {
        ByteBuf framed = Unpooled.buffer(Integer.BYTES + response.length).writeInt(response.length).writeBytes(response);
        FieldTable table = FieldTableCodec.read(framed);
        @Nullable String login = table.text("LOGIN");
        @Nullable String password = table.text("PASSWORD");
        if (login == null || password == null) {
            throw AmqpException.ofConnection(ReplyCode.SYNTAX_ERROR, "an AMQPLAIN response has LOGIN and PASSWORD");
        }
        return new Credentials.Password(login, password);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
