package io.tributary.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DeadLetterHistoryTest {
    private static final TopicName TOPIC = TopicName.of("t");

    private static Record record(Headers headers) {
        return new Record(7, 100, "k".getBytes(StandardCharsets.UTF_8), null, headers);
    }

    private static Headers died(Headers headers, String subscription, DeadLetterReason reason, long now) {
        return DeadLetterHistory.extend(record(headers), TOPIC, subscription, reason, now);
    }

    @Property(tries = 300)
    void whatIsWrittenIsRead(@ForAll String subscription, @ForAll byte[] key, @ForAll String expiration, @ForAll long time) {
        boolean bare = time % 2 == 0;
        DeadLetterEvent event = new DeadLetterEvent(DeadLetterReason.EXPIRED, text(subscription), 3, time, "t", bare ? null : key,
            bare ? null : text(expiration), bare);
        assertThat(DeadLetterEvent.parse(event.toHeader().text())).isEqualTo(event);
    }

    /** Without what no UTF-8 text has. */
    private static String text(String any) {
        return new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Property(tries = 300)
    void anythingElseIsReadWithoutFailing(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("reason=rejected&subscription=a%2Fb&count=1&time=5&topic=t&key=%FF");
        for (int i = 0; i < 3; i++) {
            text.setCharAt(random.nextInt(text.length()), "=&%+x1".charAt(random.nextInt(6)));
        }
        assertThat(DeadLetterHistory.of(Headers.of(Header.of(HeaderNames.DEAD_LETTER, text.toString()))).events()).hasSizeBetween(0, 1);
    }

    @Test
    void theNewestComesFirstAndTheSameIsCounted() {
        Headers headers = died(died(died(Headers.EMPTY, "a", DeadLetterReason.REJECTED, 1), "b", DeadLetterReason.EXPIRED, 2), "a",
            DeadLetterReason.REJECTED, 3);
        DeadLetterHistory history = DeadLetterHistory.of(headers);
        assertThat(history.events()).extracting(DeadLetterEvent::subscription).containsExactly("a", "b");
        assertThat(history.events()).extracting(DeadLetterEvent::count).containsExactly(2L, 1L);
        assertThat(history.events()).extracting(DeadLetterEvent::time).containsExactly(1L, 2L);
        assertThat(history.events()).extracting(DeadLetterEvent::first).containsExactly(true, false);
        assertThat(headers.asList()).hasSize(2);
    }

    @Test
    void aCircleIsOneWithoutARejection() {
        Headers headers = died(died(Headers.EMPTY, "a", DeadLetterReason.EXPIRED, 1), "b", DeadLetterReason.DELIVERY_LIMIT, 2);
        assertThat(DeadLetterHistory.of(headers).isCycle("a")).isTrue();
        assertThat(DeadLetterHistory.of(headers).isCycle("b")).isTrue();
        assertThat(DeadLetterHistory.of(headers).isCycle("c")).isFalse();
        assertThat(DeadLetterHistory.of(died(headers, "c", DeadLetterReason.REJECTED, 3)).isCycle("a")).isFalse();
        assertThat(DeadLetterHistory.of(Headers.EMPTY).isCycle("a")).isFalse();
    }

    @Test
    void aHistoryIsBounded() {
        Headers headers = Headers.of(Header.of("own", "1"));
        for (int i = 0; i < 200; i++) {
            headers = died(headers, "s" + i, DeadLetterReason.REJECTED, i);
        }
        List<DeadLetterEvent> events = DeadLetterHistory.of(headers).events();
        assertThat(events).hasSize(64);
        assertThat(events.get(0).subscription()).isEqualTo("s199");
        assertThat(DeadLetterHistory.of(headers).first()).isNull();
        assertThat(headers.text("own")).isEqualTo("1");
    }
}
