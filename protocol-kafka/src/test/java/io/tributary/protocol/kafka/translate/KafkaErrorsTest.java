package io.tributary.protocol.kafka.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaErrorsTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeHasAnErrorOfItsOwnKind(ErrorCode code) {
        Errors error = KafkaErrors.of(code);
        assertThat(error).isNotEqualTo(Errors.NONE);
        assertThat(error == Errors.UNKNOWN_SERVER_ERROR).isEqualTo(code == ErrorCode.INTERNAL);
        assertThat(KafkaErrors.of(new CompletionException(new BrokerException(code, "why")))).isEqualTo(error);
        assertThat(Errors.forException(KafkaErrors.exception(new BrokerException(code, "why")))).isEqualTo(error);
        assertThat(KafkaErrors.message(new BrokerException(code, "why"))).isEqualTo("why");
    }

    @Test
    void kafkasOwnExceptionsKeepTheirError() {
        InvalidConfigurationException thrown = new InvalidConfigurationException("no");
        assertThat(KafkaErrors.of(new CompletionException(thrown))).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(KafkaErrors.of(new BrokerException(ErrorCode.INTERNAL, "wrapped", thrown))).isEqualTo(Errors.INVALID_CONFIG);
    }

    @Test
    void aFaultOfOursIsToldByItsCodeAlone() {
        IllegalStateException fault = new IllegalStateException("inner workings");
        assertThat(KafkaErrors.of(fault)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(KafkaErrors.message(fault)).doesNotContain("inner workings");
    }
}
