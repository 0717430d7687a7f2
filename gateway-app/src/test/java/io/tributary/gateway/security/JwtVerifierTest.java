package io.tributary.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.security.Proof;
import io.tributary.gateway.config.ConfigurationException;
import io.tributary.gateway.config.SecurityProperties.OAuth;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtVerifierTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private static OAuth at(URI keys) {
        return new OAuth(keys, null, null, List.of(), "sub", "tenant", Duration.ZERO, false);
    }

    private static RsaJsonWebKey key(String id) throws Exception {
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(id);
        return key;
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("carol");
        claims.setExpirationTimeMinutesInTheFuture(10);
        return claims;
    }

    private static String signed(RsaJsonWebKey key) throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims().toJson());
        signature.setKey(key.getPrivateKey());
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return signature.getCompactSerialization();
    }

    private static boolean takes(JwtVerifier verifier, String token) {
        Object outcome = verifier.verify(token).handle((proof, failure) -> failure == null ? proof : failure).toCompletableFuture().join();
        if (outcome instanceof Throwable failure) {
            assertThat(BrokerException.of(failure).code()).isEqualTo(ErrorCode.AUTHENTICATION_FAILED);
            return false;
        }
        assertThat(((Proof) outcome).principal().name()).isEqualTo("carol");
        return true;
    }

    @Test
    void keysAreFetchedAndFetchedAgainWhenOneIsNotKnown() throws Exception {
        RsaJsonWebKey first = key("first");
        RsaJsonWebKey second = key("second");
        JsonWebKeySet[] published = {new JsonWebKeySet(first)};
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", exchange -> {
            byte[] body = published[0].toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        try {
            JwtVerifier verifier = new JwtVerifier(at(URI.create("http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys")));
            assertThat(takes(verifier, signed(first))).isTrue();
            assertThat(takes(verifier, signed(second))).isFalse();
            published[0] = new JsonWebKeySet(first, second);
            String token = signed(second);
            await().atMost(PATIENCE).until(() -> takes(verifier, token));
        } finally {
            issuer.stop(0);
        }
    }

    @Test
    void anIssuerThatCannotBeAskedLetsNobodyIn() throws Exception {
        HttpServer unused = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int port = unused.getAddress().getPort();
        unused.stop(0);
        JwtVerifier verifier = new JwtVerifier(at(URI.create("http://127.0.0.1:" + port + "/keys")));
        assertThat(takes(verifier, signed(key("first")))).isFalse();
    }

    @Test
    void unsignedTokensAreTakenOnlyWhereThatIsSetAndThenNoOthers() throws Exception {
        JsonWebSignature unsigned = new JsonWebSignature();
        unsigned.setPayload(claims().toJson());
        unsigned.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        unsigned.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        JwtVerifier lenient = new JwtVerifier(new OAuth(null, null, null, List.of(), "sub", "tenant", Duration.ZERO, true));
        assertThat(takes(lenient, unsigned.getCompactSerialization())).isTrue();
        assertThat(takes(lenient, signed(key("first")))).isFalse();
        RsaJsonWebKey key = key("first");
        Path file = Files.writeString(directory.resolve("keys.json"),
            new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        JwtVerifier strict = new JwtVerifier(new OAuth(null, file, null, List.of(), "sub", "tenant", Duration.ZERO, false));
        assertThat(takes(strict, unsigned.getCompactSerialization())).isFalse();
        assertThat(takes(strict, signed(key))).isTrue();
    }

    @Test
    void aTokenOfMoreThanItsBoundIsNotEvenRead() throws Exception {
        JwtVerifier lenient = new JwtVerifier(new OAuth(null, null, null, List.of(), "sub", "tenant", Duration.ZERO, true));
        assertThat(takes(lenient, "x".repeat((64 << 10) + 1))).isFalse();
    }

    @Test
    void keysThatCannotBeReadEndTheStart() throws Exception {
        Path garbage = Files.writeString(directory.resolve("garbage.json"), "garbage");
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> new JwtVerifier(new OAuth(null, garbage, null, List.of(), "sub", "tenant", Duration.ZERO, false)))
            .withMessageContaining("jwks-file");
    }
}
