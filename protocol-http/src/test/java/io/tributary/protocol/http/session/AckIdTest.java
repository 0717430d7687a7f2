package io.tributary.protocol.http.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class AckIdTest {
    @Test
    void isReadAsItWasWritten() {
        AckId id = new AckId(7, Long.MAX_VALUE);
        assertThat(id.text()).hasSize(32).matches("[A-Za-z0-9_-]+");
        assertThat(AckId.parse(id.text())).isEqualTo(id);
    }

    @Test
    void isNothingWhenAnotherRunOrSomebodyElseWroteIt() {
        byte[] otherRun = Base64.getUrlDecoder().decode(new AckId(1, 2).text());
        otherRun[0] ^= 1;
        for (String text : List.of("", "x", "*".repeat(32), new AckId(1, 2).text() + "A",
            Base64.getUrlEncoder().withoutPadding().encodeToString(otherRun))) {
            assertThat(AckId.parse(text)).isNull();
        }
    }
}
