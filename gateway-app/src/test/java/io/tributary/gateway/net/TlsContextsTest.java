package io.tributary.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tributary.gateway.config.ConfigurationException;
import io.tributary.gateway.config.ListenerProperties.ClientAuth;
import io.tributary.gateway.config.TlsProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsContextsTest {
    @TempDir
    private Path directory;

    private static TlsProperties settings(@Nullable Path certificate, @Nullable Path key, @Nullable Path trusted) {
        return new TlsProperties(certificate, key, null, trusted, List.of("TLSv1.3"));
    }

    private Path write(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void oneContextIsMadeForAllListenersThatAskForTheSame() throws Exception {
        X509Bundle own = new CertificateBuilder().subject("CN=own").setIsCertificateAuthority(true).buildSelfSigned();
        Path certificate = write("own.pem", own.getCertificatePathPEM());
        TlsContexts contexts = new TlsContexts(settings(certificate, write("own.key", own.getPrivateKeyPEM()), certificate));
        SslContext first = contexts.of("a", ClientAuth.NONE);
        assertThat(contexts.of("b", ClientAuth.NONE)).isSameAs(first);
        assertThat(contexts.of("c", ClientAuth.NEED)).isNotSameAs(first);
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> new TlsContexts(settings(null, null, null)).of("outside", ClientAuth.NONE))
            .withMessageContaining("outside").withMessageContaining("tributary.tls.certificate");
        Path garbage = write("garbage.pem", "garbage");
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> new TlsContexts(settings(garbage, garbage, null)).of("outside", ClientAuth.NEED))
            .withMessageContaining("tributary.tls.trusted-certificates");
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> new TlsContexts(settings(garbage, garbage, null)).of("outside", ClientAuth.NONE))
            .withMessageContaining("tributary.tls");
        Path absent = directory.resolve("absent.pem");
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> new TlsContexts(settings(absent, absent, null)).of("outside", ClientAuth.NONE))
            .withMessageContaining("tributary.tls");
    }
}
