package io.tributary.protocol.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.http.translate.BindingTranslation;
import io.tributary.protocol.http.translate.PublishTranslation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Mutated bodies give a request or a typed error, nothing else. */
class JsonFuzzTest {
    private static final List<String> SEEDS = List.of("""
        {"records": [{"key": "k", "valueBase64": "AP8=", "timestamp": 1700000000000, "partition": 0,
          "headers": {"a": "x", "b": {"base64": "AP8="}, "c": ["1", {"base64": "Ag=="}], "d": null}}]}""",
        "{\"topic\":\"t\",\"filter\":{\"headers\":{\"any\":{\"x\":\"1\",\"y\":null}}},\"start\":\"earliest\",\"durable\":true}",
        "{\"bindings\":[{\"topic\":\"t\",\"filter\":{\"pattern\":\"a/+/#\",\"separator\":\"/\"}},{\"filter\":{\"address\":\"#\"}}]}");

    private static final String MARKS = "{}[]\",:0e-n\\";

    @Property(tries = 5000)
    void mutatedBodiesAreReadOrRefused(@ForAll long seed, @ForAll @IntRange(max = 2) int which,
                                         @ForAll @IntRange(min = 1, max = 6) int edits) {
        byte[] body = SEEDS.get(which).getBytes(StandardCharsets.UTF_8);
        Random random = new Random(seed);
        for (int i = 0; i < edits; i++) {
            int replacement = random.nextBoolean() ? random.nextInt(256) : MARKS.charAt(random.nextInt(MARKS.length()));
            body[random.nextInt(body.length)] = (byte) replacement;
        }
        try {
            if (which == 0) {
                PublishJson read = Json.read(body, PublishJson.class);
                assertThat(PublishTranslation.batch(TopicName.of("t"), read, 100, 0)).isNotEmpty();
            } else {
                SubscriptionJson.Settings read = Json.read(body, SubscriptionJson.Settings.class);
                assertThat(BindingTranslation.bindings(Namespace.DEFAULT, read)).isNotEmpty();
            }
        } catch (Json.MalformedBody | BrokerException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
