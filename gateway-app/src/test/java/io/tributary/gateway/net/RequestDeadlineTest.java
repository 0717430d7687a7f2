package io.tributary.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestDeadlineTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";

    private final EmbeddedChannel channel = new EmbeddedChannel(new HttpServerCodec(),
        new RequestDeadline(Duration.ofSeconds(30), Duration.ofSeconds(60)));

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void closesAHeadThatDrips() {
        for (int second = 0; second < 30; second++) {
            assertThat(channel.isOpen()).as("after %d s", second).isTrue();
            receive("P");
            pass(1);
        }
        assertThat(sent()).startsWith("HTTP/1.1 408 Request Timeout").contains("connection: close");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closesABodyThatDrips() {
        receive(HEAD);
        receive("a");
        pass(59);
        assertThat(channel.isOpen()).isTrue();
        receive("b");
        pass(1);
        assertThat(sent()).startsWith("HTTP/1.1 408");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void addsNothingToAnAnswerThatHasBegun() {
        receive(HEAD);
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        pass(60);
        assertThat(sent()).startsWith("HTTP/1.1 200").doesNotContain("408");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void leavesAConnectionAloneBetweenRequests() {
        pass(600);
        receive(HEAD + "abc");
        pass(600);
        receive(HEAD);
        receive("abc");
        pass(600);
        assertThat(channel.isOpen()).isTrue();
        receive("GET / HT");
        pass(30);
        assertThat(channel.isOpen()).isFalse();
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            text.append(next.toString(StandardCharsets.US_ASCII));
            ReferenceCountUtil.release(next);
        }
        return text.toString();
    }
}
