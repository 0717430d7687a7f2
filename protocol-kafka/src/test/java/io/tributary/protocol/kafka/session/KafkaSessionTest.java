package io.tributary.protocol.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.tributary.core.api.Broker;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.protocol.Listener;
import io.tributary.core.protocol.ProtocolContext;
import io.tributary.core.security.Authenticator;
import io.tributary.core.security.Authorizer;
import io.tributary.core.security.Quotas;
import io.tributary.protocol.kafka.handler.ApiHandler;
import io.tributary.protocol.kafka.handler.ApiTable;
import io.tributary.protocol.kafka.handler.Call;
import io.tributary.protocol.kafka.handler.Reply;
import io.tributary.protocol.kafka.quota.ClientQuotas;
import io.tributary.protocol.kafka.sasl.SaslSettings;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaSessionTest {
    private static final SessionLimits LIMITS =
        new SessionLimits(1000, 500, 3, 400, 1 << 20, Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(3));
    private static final short VERSION = 4;

    private final List<CompletableFuture<Reply>> handled = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final FixedQuotas quotas = new FixedQuotas();
    private SessionLimits limits = LIMITS;
    private final KafkaSessions sessions = sessions(Authenticator.open());
    private EmbeddedChannel channel = new EmbeddedChannel(sessions);

    /** Answers when the test lets it. */
    private final class SlowHeartbeat extends ApiHandler<HeartbeatRequest> {
        SlowHeartbeat() {
            super(ApiKeys.HEARTBEAT, HeartbeatRequest.class);
        }

        @Override
        protected CompletionStage<Reply> answer(Call call, HeartbeatRequest request) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            handled.add(reply);
            calls.add(call);
            return reply;
        }
    }

    /** Quotas that the test sets. */
    private static final class FixedQuotas implements Quotas {
        private Map<Entity, Map<String, Double>> all = Map.of();

        void set(Map<Entity, Map<String, Double>> value) {
            all = value;
        }

        @Override
        public Map<Entity, Map<String, Double>> all() {
            return all;
        }

        @Override
        public CompletionStage<Void> change(Entity entity, Map<String, @Nullable Double> changes) {
            throw new UnsupportedOperationException();
        }
    }

    private KafkaSessions sessions(Authenticator authenticator) {
        Broker broker = (Broker) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Broker.class},
            (proxy, method, arguments) -> {
                throw new AssertionError("a session uses no broker");
            });
        return new KafkaSessions(new ProtocolContext(broker, authenticator, Authorizer.open(), null),
            new ApiTable(List.of(new SlowHeartbeat()), "cluster", 0), limits,
            new SaslSettings(List.of("PLAIN"), Duration.ZERO, Duration.ZERO, 300), "DEFAULT", new ClientQuotas(namespace -> quotas),
            Runnable::run);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void whoIsOverItsQuotaIsToldAndNotReadFrom() {
        quotas.set(Map.of(new Quotas.Entity(new Quotas.Part("ANONYMOUS"), null), Map.of("request_percentage", 1e-9)));
        channel.writeInbound(Unpooled.wrappedBuffer(heartbeat(1), heartbeat(2)));
        handled.get(0).complete(answer());
        channel.runPendingTasks();
        ByteBuf out = channel.readOutbound();
        HeartbeatResponseData response = new HeartbeatResponseData(new ByteBufferAccessor(out.skipBytes(9).nioBuffer()), VERSION);
        assertThat(response.throttleTimeMs()).isEqualTo(1000);
        out.release();
        handled.get(1).complete(answer());
        assertThat(responses()).as("what was taken before is answered").containsExactly(2);
        channel.writeInbound(heartbeat(3));
        assertThat(handled).hasSize(2);
        assertThat(channel.config().isAutoRead()).isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(handled).hasSize(3);
    }

    @Test
    void aChangedQuotaCountsAtOnce() {
        quotas.set(Map.of(new Quotas.Entity(null, new Quotas.Part("other")), Map.of("request_percentage", 1e-9)));
        channel.writeInbound(heartbeat(1));
        handled.get(0).complete(answer());
        assertThat(responses()).containsExactly(1);
        quotas.set(Map.of(new Quotas.Entity(null, Quotas.Part.OTHERS), Map.of("request_percentage", 1e-9)));
        channel.writeInbound(heartbeat(2));
        handled.get(1).complete(answer());
        assertThat(responses()).containsExactly(2);
        channel.writeInbound(heartbeat(3));
        assertThat(handled).hasSize(2);
    }

    private static ByteBuf heartbeat(int correlationId) {
        return request(ApiKeys.HEARTBEAT, VERSION, correlationId, 0);
    }

    private static ByteBuf request(ApiKeys api, short version, int correlationId, int padding) {
        RequestHeader header = new RequestHeader(api, version, "x".repeat(padding), correlationId);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
        ByteBuffer body = api.latestVersion() < version
            ? ByteBuffer.allocate(0)
            : MessageUtil.toByteBufferAccessor(api.messageType.newRequest(), version).buffer();
        return Unpooled.buffer().writeInt(head.remaining() + body.remaining()).writeBytes(head).writeBytes(body);
    }

    private static Reply answer() {
        return new Reply.Message(new HeartbeatResponseData());
    }

    /** The correlation identifiers of the responses that were written. */
    private List<Integer> responses() {
        channel.runPendingTasks();
        List<Integer> identifiers = new ArrayList<>();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            identifiers.add(out.getInt(4));
            out.release();
        }
        return identifiers;
    }

    @Test
    void responsesKeepTheOrderOfRequestsThatFinishInAnother() {
        channel.writeInbound(Unpooled.wrappedBuffer(heartbeat(1), heartbeat(2), heartbeat(3)));
        handled.get(2).complete(answer());
        handled.get(1).complete(answer());
        assertThat(responses()).isEmpty();
        handled.get(0).complete(answer());
        assertThat(responses()).containsExactly(1, 2, 3);
    }

    @Test
    void nothingIsReadWhileTooManyRequestsAreInFlight() {
        channel.writeInbound(Unpooled.wrappedBuffer(heartbeat(1), heartbeat(2), heartbeat(3), heartbeat(4)));
        assertThat(handled).hasSize(3);
        assertThat(channel.config().isAutoRead()).isFalse();
        handled.get(0).complete(answer());
        assertThat(responses()).containsExactly(1);
        assertThat(handled).hasSize(4);
        handled.get(1).complete(answer());
        assertThat(responses()).containsExactly(2);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void nothingIsReadWhileTheRequestsInFlightAreTooLarge() {
        channel.writeInbound(Unpooled.wrappedBuffer(request(ApiKeys.HEARTBEAT, VERSION, 1, 450), heartbeat(2)));
        assertThat(handled).hasSize(1);
        handled.get(0).complete(answer());
        assertThat(responses()).containsExactly(1);
        assertThat(handled).hasSize(2);
    }

    @Test
    void aFailureBecomesTheResponseOfTheApi() {
        channel.writeInbound(heartbeat(1));
        handled.get(0).completeExceptionally(new BrokerException(ErrorCode.STORAGE_FAILURE, "disk"));
        channel.runPendingTasks();
        ByteBuf out = channel.readOutbound();
        ByteBuffer body = out.skipBytes(9).nioBuffer();
        HeartbeatResponseData response = new HeartbeatResponseData(new ByteBufferAccessor(body), VERSION);
        assertThat(response.errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        out.release();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void silenceTakesItsPlaceAndHangupEndsTheConnection() {
        channel.writeInbound(Unpooled.wrappedBuffer(heartbeat(1), heartbeat(2), heartbeat(3)));
        handled.get(1).complete(answer());
        handled.get(0).complete(new Reply.Silence());
        assertThat(responses()).containsExactly(2);
        handled.get(2).complete(new Reply.Hangup("test"));
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anUnknownVersionOfApiVersionsIsAnsweredInVersionZero() {
        channel.writeInbound(request(ApiKeys.API_VERSIONS, (short) 99, 7, 0));
        ByteBuf out = channel.readOutbound();
        assertThat(out.skipBytes(4).readInt()).isEqualTo(7);
        ApiVersionsResponseData response = new ApiVersionsResponseData(new ByteBufferAccessor(out.nioBuffer()), (short) 0);
        assertThat(response.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(response.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion()).isEqualTo(ApiKeys.API_VERSIONS.latestVersion());
        out.release();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatIsAdvertisedIsWhatHasAHandler() {
        channel.writeInbound(request(ApiKeys.API_VERSIONS, (short) 0, 7, 0));
        ByteBuf out = channel.readOutbound();
        ApiVersionsResponseData response = new ApiVersionsResponseData(new ByteBufferAccessor(out.skipBytes(8).nioBuffer()), (short) 0);
        assertThat(response.apiKeys()).extracting(version -> ApiKeys.forId(version.apiKey()))
            .containsExactly(ApiKeys.HEARTBEAT, ApiKeys.API_VERSIONS);
        out.release();
    }

    @Test
    void anApiOrVersionThatIsNotServedClosesTheConnection() {
        channel.writeInbound(request(ApiKeys.METADATA, (short) 1, 1, 0));
        assertThat(channel.isOpen()).isFalse();
        channel = new EmbeddedChannel(sessions);
        channel.writeInbound(request(ApiKeys.HEARTBEAT, (short) 99, 1, 0));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSizeOfTwoGibibytesClosesTheConnection() {
        channel.writeInbound(Unpooled.buffer().writeInt(Integer.MAX_VALUE).writeShort(ApiKeys.HEARTBEAT.id));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void halfARequestAndThenSilenceClosesTheConnection() {
        channel.writeInbound(heartbeat(1));
        handled.get(0).complete(answer());
        responses();
        channel.writeInbound(heartbeat(2).writerIndex(9));
        pass(Duration.ofSeconds(29));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofSeconds(20));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatNeverAsksIsClosedSoonerThanOneThatHasAsked() {
        pass(Duration.ofSeconds(50));
        assertThat(channel.isOpen()).isFalse();
        channel = new EmbeddedChannel(sessions);
        channel.writeInbound(heartbeat(1));
        handled.get(0).complete(answer());
        responses();
        pass(Duration.ofMinutes(9));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofMinutes(2));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aRequestThatDripsInIsNotWaitedForForEver() {
        channel.writeInbound(heartbeat(1));
        handled.get(0).complete(answer());
        responses();
        ByteBuf slow = heartbeat(2);
        for (int dripped = 0; dripped < 4 && channel.isOpen(); dripped++) {
            channel.writeInbound(slow.readRetainedSlice(1));
            pass(Duration.ofSeconds(20));
        }
        slow.release();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoDoesNotLogInIsDisconnectedHoweverOftenItAsks() {
        connectAsNobody(Listener.DEFAULT);
        for (int asked = 1; asked < 6 && channel.isOpen(); asked++) {
            channel.writeInbound(request(ApiKeys.API_VERSIONS, (short) 3, asked, 0));
            assertThat(responses()).containsExactly(asked);
            pass(Duration.ofSeconds(10));
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatAllConnectionsTakeTogetherIsBounded() {
        limits = new SessionLimits(1000, 500, 3, 400, 1400, Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(3));
        KafkaSessions small = sessions(Authenticator.open());
        EmbeddedChannel first = new EmbeddedChannel(small);
        channel.finishAndReleaseAll();
        channel = new EmbeddedChannel(small);
        first.writeInbound(Unpooled.wrappedBuffer(heartbeat(1), heartbeat(2), heartbeat(3)));
        channel.writeInbound(Unpooled.wrappedBuffer(heartbeat(4), heartbeat(5), heartbeat(6)));
        assertThat(handled).hasSizeBetween(3, 5);
        assertThat(channel.config().isAutoRead()).isFalse();
        first.finishAndReleaseAll();
        int ofTheFirst = 3;
        handled.subList(0, ofTheFirst).forEach(reply -> reply.complete(answer()));
        channel.runPendingTasks();
        assertThat(handled).as("what handlers still had of a closed connection was given back").hasSize(6);
        handled.subList(ofTheFirst, 6).forEach(reply -> reply.complete(answer()));
        assertThat(responses()).containsExactly(4, 5, 6);
        assertThat(small.memoryTaken()).isZero();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whoWaitsForMemoryInTheMiddleOfARequestIsDisconnectedInTime() {
        limits = new SessionLimits(1000, 500, 3, 400, 1400, Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(3));
        KafkaSessions small = sessions(Authenticator.open());
        EmbeddedChannel first = new EmbeddedChannel(small);
        EmbeddedChannel second = new EmbeddedChannel(small);
        first.writeInbound(Unpooled.wrappedBuffer(heartbeat(1), heartbeat(2), heartbeat(3)));
        second.writeInbound(Unpooled.wrappedBuffer(heartbeat(4), heartbeat(5), heartbeat(6)));
        EmbeddedChannel third = new EmbeddedChannel(small);
        third.writeInbound(heartbeat(7));
        assertThat(handled).hasSizeLessThan(6);
        for (int passed = 0; passed < 60; passed++) {
            third.advanceTimeBy(1, TimeUnit.SECONDS);
            third.runScheduledPendingTasks();
        }
        assertThat(third.isOpen()).isFalse();
        first.finishAndReleaseAll();
        second.finishAndReleaseAll();
        List.copyOf(handled).forEach(reply -> reply.complete(answer()));
        assertThat(small.memoryTaken()).isZero();
    }

    private void pass(Duration time) {
        for (long left = time.toSeconds(); left > 0; left--) {
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void aDrainHurriesWhoWaitsAnswersAndCloses() {
        channel.writeInbound(heartbeat(1));
        calls.get(0).onHurry(() -> handled.get(0).complete(answer()));
        CompletionStage<Void> stopped = sessions.stop();
        assertThat(responses()).containsExactly(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(stopped.toCompletableFuture()).isCompleted();
    }

    @Test
    void aDrainDoesNotWaitForEver() {
        channel.writeInbound(heartbeat(1));
        CompletionStage<Void> stopped = sessions.stop();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofSeconds(4));
        assertThat(channel.isOpen()).isFalse();
        assertThat(stopped.toCompletableFuture()).isCompleted();
    }

    @Test
    void whoIsNotLetInIsDisconnectedWhereNobodyCanLogIn() {
        connectAsNobody(new Listener("plain", Listener.Login.NONE, null, 0));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoIsNotLetInMayAskForVersionsAndLogInAndNothingElse() {
        connectAsNobody(Listener.DEFAULT);
        channel.writeInbound(request(ApiKeys.API_VERSIONS, (short) 3, 1, 0));
        assertThat(responses()).containsExactly(1);
        channel.writeInbound(heartbeat(2));
        assertThat(channel.isOpen()).isFalse();
        assertThat(handled).isEmpty();
    }

    @Test
    void aRequestOfSomebodyWhoIsNotKnownIsNotWaitedForWhenItIsLarge() {
        connectAsNobody(Listener.DEFAULT);
        channel.writeInbound(Unpooled.buffer().writeInt(301).writeShort(ApiKeys.API_VERSIONS.id));
        assertThat(channel.isOpen()).isFalse();
    }

    private void connectAsNobody(Listener listener) {
        channel.finishAndReleaseAll();
        KafkaSessions strict = sessions(credentials ->
            CompletableFuture.failedFuture(new BrokerException(ErrorCode.AUTHENTICATION_FAILED, "no")));
        channel = new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                listener.mark(connection);
                connection.pipeline().addLast(strict);
            }
        });
        channel.runPendingTasks();
    }
}
