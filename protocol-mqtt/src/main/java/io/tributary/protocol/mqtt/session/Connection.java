package io.tributary.protocol.mqtt.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.tributary.core.security.Principal;
import io.tributary.protocol.mqtt.codec.Reason;
import io.tributary.protocol.mqtt.translate.ConnectRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A network connection.
 *
 * <pre>
 * NEW ──CONNECT──► CONNECTING ──CONNACK──► CONNECTED
 *  └────────────────────┴──── end ───► CLOSED ◄──┘
 * </pre>
 */
// Netty's futures: a write that fails closes its channel, which is all that there is to know.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Connection implements SessionOwner {
    /** Where a connection stands; see the class. */
    public enum Phase { NEW, CONNECTING, CONNECTED, CLOSED }

    /** How long what was written last may take to leave before the channel is closed over it. */
    private static final long LINGER_SECONDS = 2;
    private static final int LEVEL_5 = ConnectRequest.LEVEL_5;

    private final Channel channel;
    private final Services services;
    private final Runnable resume;
    private final CompletableFuture<Departure> departed = new CompletableFuture<>();

    private Phase phase = Phase.NEW;
    private @Nullable ConnectRequest request;
    private @Nullable LiveSession live;
    private int holds;
    private boolean readingPaused;
    private boolean opening;

    /**
     * A connection that has just been accepted.
     *
     * @param resume called on the event loop when packets may be handled again
     */
    public Connection(Channel channel, Services services, Runnable resume) {
        this.channel = channel;
        this.services = services;
        this.resume = resume;
    }

    public Channel channel() {
        return channel;
    }

    public Services services() {
        return services;
    }

    public Phase phase() {
        return phase;
    }

    /** Null until the client is connected. */
    public @Nullable LiveSession live() {
        return live;
    }

    /** CONNECT has come. */
    public void connecting(ConnectRequest newRequest) {
        phase = Phase.CONNECTING;
        request = newRequest;
    }

    /** The registry is asked for the session: from here on the connection owes it a departure. */
    public void opening() {
        opening = true;
    }

    /** The session is this connection's. Null if the connection has ended meanwhile; the session is then let go of. */
    public @Nullable LiveSession opened(ClientSession session, ConnectRequest accepted, Principal principal) {
        if (phase == Phase.CLOSED) {
            departed.complete(new Departure(false));
            return null;
        }
        phase = Phase.CONNECTED;
        live = new LiveSession(this, session, accepted, principal);
        return live;
    }

    /** The registry could not give a session. */
    public void openFailed() {
        departed.complete(new Departure(false));
    }

    /** Runs the task on the event loop, unless the connection has ended by then. */
    void execute(Runnable task) {
        channel.eventLoop().execute(() -> {
            if (phase != Phase.CLOSED) {
                task.run();
            }
        });
    }

    /**
     * Handles no further packet before the stage is complete and {@code then} has run, on the event loop, with its result or failure.
     * {@code then} runs even if the connection has ended, because the stage may have handed over what must be given back.
     */
    public <T> void hold(CompletionStage<T> stage, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        holds++;
        updateReading();
        stage.whenComplete((result, failure) -> channel.eventLoop().execute(() -> {
            then.accept(result, failure);
            holds--;
            if (holds == 0 && phase != Phase.CLOSED) {
                resume.run();
                updateReading();
            }
        }));
    }

    /** Whether packets must wait. */
    public boolean isHeld() {
        return holds > 0;
    }

    /** Whether reading is off, by a hold or by too much under way: then silence is no sign of a dead client. */
    public boolean isReadingPaused() {
        return readingPaused || holds > 0;
    }

    void pauseReading(boolean paused) {
        readingPaused = paused;
        updateReading();
    }

    private void updateReading() {
        boolean read = holds == 0 && !readingPaused;
        if (channel.config().isAutoRead() != read) {
            channel.config().setAutoRead(read);
        }
    }

    /** Writes without a flush; nothing once the connection has ended. */
    public void write(MqttMessage message) {
        if (phase != Phase.CLOSED) {
            channel.write(message, channel.voidPromise());
        }
    }

    /** Writes one of PUBACK, PUBREC, PUBREL and PUBCOMP, without a flush. */
    public void sendReply(MqttMessageType type, int packetId, Reason reason, @Nullable String detail) {
        Reason sent = level() == LEVEL_5 ? reason : Reason.SUCCESS;
        write(new MqttMessage(Packets.header(type),
            new MqttPubReplyMessageVariableHeader(packetId, sent.code(), problem(sent.isError() ? detail : null))));
    }

    /** The reason string, if the client wants to hear of problems (MQTT-3.1.2-29) and takes packets of that size. */
    public MqttProperties problem(@Nullable String detail) {
        ConnectRequest current = request;
        boolean wanted = current != null && current.level() == LEVEL_5 && current.problemInformation()
            && current.maxPacketSize() > services.limits().maxPacketBytes() / 2;
        if (detail == null || !wanted) {
            return MqttProperties.NO_PROPERTIES;
        }
        MqttProperties properties = new MqttProperties();
        properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, detail));
        return properties;
    }

    private int level() {
        ConnectRequest current = request;
        return current == null ? 0 : current.level();
    }

    /** Refuses the CONNECT and closes (MQTT 5.0 section 3.2.2.2). */
    public void refuse(Reason reason, @Nullable String detail) {
        if (phase == Phase.CLOSED) {
            return;
        }
        byte code = level() == LEVEL_5 ? reason.code() : reason.connectReturnCode311();
        MqttConnAckMessage answer = new MqttConnAckMessage(Packets.header(MqttMessageType.CONNACK),
            new MqttConnAckVariableHeader(MqttConnectReturnCode.valueOf(code), false, problem(detail)));
        closeAfter(answer);
        end(false);
    }

    /** Ends the connection from our side: with DISCONNECT in MQTT 5.0, else by closing it. The will is due. */
    public void disconnect(Reason reason, @Nullable String detail) {
        if (phase == Phase.CLOSED) {
            return;
        }
        if (phase == Phase.CONNECTED && level() == LEVEL_5) {
            closeAfter(new MqttMessage(Packets.header(MqttMessageType.DISCONNECT),
                new MqttReasonCodeAndPropertiesVariableHeader(reason.code(), problem(detail))));
        } else if (phase == Phase.CONNECTING && reason != Reason.PROTOCOL_ERROR) {
            refuse(reason, detail);
            return;
        } else {
            channel.flush();
            channel.close();
        }
        end(true);
    }

    /** The client has said good-bye, or is gone. */
    public void close(boolean willDue) {
        channel.close();
        end(willDue);
    }

    private void closeAfter(MqttMessage last) {
        channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
        // A client that reads nothing must not keep the channel open.
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private void end(boolean willDue) {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        LiveSession ended = live;
        if (ended != null) {
            ended.end().whenComplete((ok, failure) -> departed.complete(new Departure(willDue)));
        } else if (!opening) {
            departed.complete(new Departure(false));
        }
    }

    @Override
    public CompletionStage<Departure> evict(Reason reason, String why) {
        channel.eventLoop().execute(() -> disconnect(reason, why));
        return departed;
    }

    @Override
    public CompletionStage<Departure> departed() {
        return departed;
    }
}
