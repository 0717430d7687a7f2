package io.tributary.gateway.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The TLS of all listeners that have it; {@code tributary.tls}. All files are PEM.
 *
 * @param certificate         the server's, with the chain up to a root
 * @param privateKey          PKCS#8
 * @param privateKeyPassword  null if the key is not encrypted
 * @param trustedCertificates of the authorities that sign clients' certificates; needed where those are looked at
 * @param protocols           that are spoken
 */
public record TlsProperties(@Nullable Path certificate, @Nullable Path privateKey, @Nullable String privateKeyPassword,
                            @Nullable Path trustedCertificates, @DefaultValue({"TLSv1.3", "TLSv1.2"}) List<String> protocols) {
    /** Refuses half a pair. */
    public TlsProperties {
        TributaryProperties.require((certificate == null) == (privateKey == null),
            "tributary.tls.certificate and private-key go together");
        TributaryProperties.require(!protocols.isEmpty(), "tributary.tls.protocols is empty");
    }

    @Override
    public String toString() {
        return "Tls[" + certificate + "]";
    }
}
