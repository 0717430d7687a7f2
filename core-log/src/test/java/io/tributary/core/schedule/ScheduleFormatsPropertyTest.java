package io.tributary.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.Headers;
import io.tributary.core.model.Namespace;
import io.tributary.core.model.TopicName;
import io.tributary.core.schedule.index.ScheduleKey;
import io.tributary.core.schedule.index.WaitingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ScheduleFormatsPropertyTest {
    @Property
    void anEnvelopeComesBackAsItWas(@ForAll long id, @ForAll int partition, @ForAll int hint, @ForAll long timestamp,
            @ForAll @Size(max = 5) List<String> names, @ForAll byte[] bytes, @ForAll @LongRange(min = 0, max = 3) long nulls) {
        Headers.Builder headers = Headers.builder();
        for (int i = 0; i < names.size(); i++) {
            headers.add(names.get(i).replaceAll("\\p{Cs}", ""), i % 2 == 0 ? null : bytes);
        }
        Envelope envelope = new Envelope(new UUID(id, ~id * 31), new TopicName(new Namespace("n"), "t"), partition, hint, timestamp,
            (nulls & 1) == 0 ? null : bytes, (nulls & 2) == 0 ? null : Arrays.copyOf(bytes, 3), headers.build());
        byte[] encoded = envelope.encode();
        assertThat(Envelope.decode(encoded)).usingRecursiveComparison().isEqualTo(envelope);
        assertThat(Envelope.target(encoded)).isEqualTo(Envelope.target(envelope.topicId()));
        byte[] unknown = encoded.clone();
        unknown[0]++;
        assertThatThrownBy(() -> Envelope.decode(unknown)).isInstanceOf(BrokerException.class);
        assertThatThrownBy(() -> Envelope.decode(Arrays.copyOf(encoded, encoded.length - 1))).isInstanceOf(BrokerException.class);
    }

    @Property
    void aKeyComesBackAsItWasAndItsBytesHaveItsOrder(@ForAll @LongRange(min = 0) long due, @ForAll @LongRange(min = 0) long run,
            @ForAll @LongRange(min = 0) long number, @ForAll @LongRange(min = 0) long otherDue) {
        ScheduleKey key = new ScheduleKey(due, run, number);
        ScheduleKey other = new ScheduleKey(otherDue, number, run);
        assertThat(ScheduleKey.ofBytes(key.toBytes())).isEqualTo(key);
        assertThat(ScheduleKey.parse(key.text())).isEqualTo(key);
        assertThat(Integer.signum(Arrays.compareUnsigned(key.toBytes(), other.toBytes()))).isEqualTo(Integer.signum(key.compareTo(other)));
    }

    @Property(tries = 100)
    void aClaimComesBackAsItWas(@ForAll long producer, @ForAll short epoch,
            @ForAll @Size(max = 4) List<@Size(max = 5) List<Integer>> groups) {
        List<Claim.Group> made = new ArrayList<>();
        for (List<Integer> offsets : groups) {
            UUID topic = new UUID(producer, made.size());
            made.add(new Claim.Group(topic, made.size(), offsets.stream()
                .map(offset -> new WaitingRow(new ScheduleKey(offset, 1, 2), offset, 9, Envelope.target(topic))).toList()));
        }
        Claim claim = new Claim(producer, epoch, made);
        byte[] encoded = claim.encode();
        assertThat(Claim.decode(encoded)).isEqualTo(claim);
        encoded[0]++;
        assertThatThrownBy(() -> Claim.decode(encoded)).isInstanceOf(BrokerException.class);
    }
}
