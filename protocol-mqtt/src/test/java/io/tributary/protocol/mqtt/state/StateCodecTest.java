package io.tributary.protocol.mqtt.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.core.model.Headers;
import io.tributary.core.model.TopicName;
import io.tributary.protocol.mqtt.translate.ConnectRequest.Will;
import io.tributary.protocol.mqtt.translate.Publication;
import io.tributary.protocol.mqtt.translate.TopicFilter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StateCodecTest {
    private static FilterOptions options(String filter) {
        return new FilterOptions(Objects.requireNonNull(TopicFilter.parse(filter)), 2, true, true, 1, 268_435_455);
    }

    @Test
    void aSessionReturnsAsItWas() {
        Headers headers = Headers.builder().add("a", "b").add("none", (byte[]) null).build();
        Will will = new Will(new Publication("w/t", new byte[] {1, 2}, 1, true, headers), 0xFFFF_FFFFL);
        StoredSession session = new StoredSession(0xFFFF_FFFFL, StoredSession.CONNECTED, will,
            List.of(options("a/+/#"), options("$share/g/x")));
        StoredSession back = StateCodec.session(StateCodec.session(session));
        assertThat(back).usingRecursiveComparison().isEqualTo(session);
    }

    @Test
    void whatIsUnderWayReturnsAsItWas() {
        Position position = new Position(TopicName.of("t"), 3, 1L << 40);
        StoredDelivery delivery = new StoredDelivery(position, 65_535, StoredDelivery.Phase.RELEASED, true);
        assertThat(StateCodec.delivery(StateCodec.delivery(delivery))).isEqualTo(delivery);
        StoredPublication publication = new StoredPublication(65_535, -1, 99);
        assertThat(StateCodec.publication(StateCodec.publication(publication))).isEqualTo(publication);
    }

    @Test
    void damageIsRefused() {
        Will will = new Will(new Publication("w/t", new byte[] {1, 2}, 1, true, Headers.EMPTY), 5);
        byte[] bytes = StateCodec.session(new StoredSession(7, StoredSession.CONNECTED, will, List.of()));
        // The length of the will's payload, which stands before it and the number of filters.
        bytes[bytes.length - 7] = 100;
        assertThatThrownBy(() -> StateCodec.session(bytes)).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> StateCodec.session(new byte[] {2})).isInstanceOf(UncheckedIOException.class);
    }
}
