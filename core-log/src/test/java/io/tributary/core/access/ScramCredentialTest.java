package io.tributary.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tributary.core.model.BrokerException;
import io.tributary.core.security.ScramCredential;
import io.tributary.core.security.ScramMechanism;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScramCredentialTest {
    private static final int ITERATIONS = ScramMechanism.MIN_ITERATIONS;

    /** RFC 7677, section 3: the server's signature there is made with this key. */
    @Test
    void theKeysAreThoseOfTheStandardsExample() throws Exception {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        ScramCredential made = ScramCredential.ofPassword(ScramMechanism.SCRAM_SHA_256, "pencil", ITERATIONS);
        ScramCredential example = new ScramCredential(ScramMechanism.SCRAM_SHA_256, salt, made.storedKey(), made.serverKey(), ITERATIONS);
        assertThat(example.isOf("pencil")).as("another salt, another key").isFalse();
        SecretKeyFactory pbkdf2 = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
        byte[] salted = pbkdf2.generateSecret(new PBEKeySpec("pencil".toCharArray(), salt, ITERATIONS, 256)).getEncoded();
        ScramCredential credential = ScramCredential.ofSaltedPassword(ScramMechanism.SCRAM_SHA_256, salt, salted, ITERATIONS);
        String authMessage = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(credential.serverKey(), "HmacSHA256"));
        byte[] signature = mac.doFinal(authMessage.getBytes(StandardCharsets.UTF_8));
        assertThat(Base64.getEncoder().encodeToString(signature)).isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    @ParameterizedTest
    @EnumSource
    void aPasswordIsProvedAndNoOtherIs(ScramMechanism mechanism) {
        ScramCredential credential = ScramCredential.ofPassword(mechanism, "pässword", ITERATIONS);
        assertThat(credential.isOf("pässword")).isTrue();
        assertThat(credential.isOf("password")).isFalse();
        assertThat(credential.isOf("")).isFalse();
        assertThat(credential.toString()).doesNotContain("pässword");
    }

    @Test
    void whatIsOutOfItsBoundsIsRefused() {
        byte[] key = new byte[32];
        assertThatExceptionOfType(BrokerException.class)
            .isThrownBy(() -> new ScramCredential(ScramMechanism.SCRAM_SHA_256, key, key, key, ITERATIONS - 1));
        assertThatExceptionOfType(BrokerException.class)
            .isThrownBy(() -> new ScramCredential(ScramMechanism.SCRAM_SHA_256, key, key, key, ScramMechanism.MAX_ITERATIONS + 1));
        assertThatExceptionOfType(BrokerException.class)
            .isThrownBy(() -> new ScramCredential(ScramMechanism.SCRAM_SHA_512, key, key, key, ITERATIONS));
        assertThatExceptionOfType(BrokerException.class)
            .isThrownBy(() -> new ScramCredential(ScramMechanism.SCRAM_SHA_256, new byte[0], key, key, ITERATIONS));
    }
}
