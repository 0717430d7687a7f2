package io.tributary.protocol.mqtt.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.tributary.core.model.ErrorCode;
import io.tributary.protocol.mqtt.codec.Reason;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMappingTest {
    /** MQTT 5.0 tables 3-4, 3-8 and 3-13. */
    private static final Set<Integer> PUBLISH = Set.of(0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
    private static final Set<Integer> SUBSCRIBE = Set.of(0x80, 0x83, 0x87, 0x8F, 0x91, 0x97);
    private static final Set<Integer> DISCONNECT = Set.of(0x80, 0x83, 0x87, 0x89, 0x8B, 0x90, 0x95, 0x97, 0x98);

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasAReasonThatItsPacketMayCarry(ErrorCode code) {
        assertThat(PUBLISH).contains(ErrorMapping.publish(code).code() & 0xFF);
        assertThat(SUBSCRIBE).contains(ErrorMapping.subscribe(code).code() & 0xFF);
        assertThat(DISCONNECT).contains(ErrorMapping.disconnect(code).code() & 0xFF);
        Reason connect = ErrorMapping.connect(code);
        assertThat(connect.isError()).isTrue();
        assertThat(MqttConnectReturnCode.valueOf(connect.code())).isNotNull();
        assertThat(connect.connectReturnCode311()).isBetween((byte) 1, (byte) 5);
    }
}
