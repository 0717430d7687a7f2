package io.tributary.gateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tributary.gateway.acceptance.client.Endpoints;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bearer tokens by Kafka's OAUTHBEARER and by HTTP. */
class TokenIT {
    @TempDir
    private static Path files;
    private static RsaJsonWebKey key;
    private static TributaryServer server;
    private static Endpoints at;

    /** Hands Kafka's client the token of its settings. */
    public static final class Tokens implements AuthenticateCallbackHandler {
        private String token = "";

        @Override
        public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
            token = String.valueOf(entries.get(0).getOptions().get("token"));
        }

        @Override
        public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
            for (Callback callback : callbacks) {
                if (callback instanceof OAuthBearerTokenCallback wanted) {
                    wanted.token(new Token(token));
                } else if (!(callback instanceof SaslExtensionsCallback)) {
                    throw new UnsupportedCallbackException(callback);
                }
            }
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** As long-lived as Kafka's client wants to believe; what counts is what the server reads. */
    private record Token(String value) implements OAuthBearerToken {
        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public long lifetimeMs() {
            return System.currentTimeMillis() + 3_600_000;
        }

        @Override
        public String principalName() {
            return "whatever";
        }

        @Override
        public Long startTimeMs() {
            return System.currentTimeMillis();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("first");
        Path keys = Files.writeString(files.resolve("jwks.json"),
            new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        server = TributaryServer.start("--tributary.security.oauth.jwks-file=" + keys, "--tributary.security.oauth.issuer=https://issuer",
            "--tributary.security.oauth.audience=tributary", "--tributary.security.super-users=chief",
            "--tributary.security.oauth.clock-skew=0s");
        at = server.endpoints();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JwtClaims claims(String name) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(name);
        claims.setIssuer("https://issuer");
        claims.setAudience("tributary");
        claims.setExpirationTimeMinutesInTheFuture(10);
        return claims;
    }

    private static String signed(JwtClaims claims, RsaJsonWebKey by) throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(by.getPrivateKey());
        signature.setKeyIdHeaderValue("first");
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return signature.getCompactSerialization();
    }

    private static Map<String, Object> kafka(String token) {
        return Map.of("bootstrap.servers", at.bootstrap(), "security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "OAUTHBEARER",
            "sasl.jaas.config", OAuthBearerLoginModule.class.getName() + " required token=\"" + token + "\";",
            "sasl.login.callback.handler.class", Tokens.class.getName());
    }

    private static int http(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(at.uri("/v1/topics")).header("Authorization", "Bearer " + token).GET().build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private static void expectRefused(String token) throws Exception {
        assertThatExceptionOfType(SaslAuthenticationException.class).isThrownBy(() -> KafkaLogins.nodes(kafka(token)));
        assertThat(http(token)).isEqualTo(401);
    }

    @Test
    void aRightTokenIsItsSubject() throws Exception {
        String token = signed(claims("chief"), key);
        assertThat(http(token)).isEqualTo(200);
        try (Admin chief = Admin.create(kafka(token))) {
            assertThat(KafkaLogins.get(chief.describeAcls(AclBindingFilter.ANY).values())).isEmpty();
        }
        try (Admin worker = Admin.create(kafka(signed(claims("worker"), key)))) {
            assertThatExceptionOfType(ClusterAuthorizationException.class)
                .isThrownBy(() -> KafkaLogins.get(worker.describeAcls(AclBindingFilter.ANY).values()));
        }
    }

    @Test
    void tokensThatAreNotRightAreRefused() throws Exception {
        JwtClaims expired = claims("chief");
        expired.setExpirationTime(NumericDate.fromSeconds(NumericDate.now().getValue() - 5));
        expectRefused(signed(expired, key));
        JwtClaims endless = claims("chief");
        endless.unsetClaim("exp");
        expectRefused(signed(endless, key));
        JwtClaims elsewhere = claims("chief");
        elsewhere.setAudience("another");
        expectRefused(signed(elsewhere, key));
        JwtClaims foreign = claims("chief");
        foreign.setIssuer("https://other");
        expectRefused(signed(foreign, key));
        JwtClaims nobody = claims("");
        expectRefused(signed(nobody, key));
        expectRefused(signed(claims("chief"), RsaJwkGenerator.generateJwk(2048)));
        expectRefused("no.token.atall");
    }

    @Test
    void aTokenWithoutASignatureIsRefused() throws Exception {
        JsonWebSignature unsigned = new JsonWebSignature();
        unsigned.setPayload(claims("chief").toJson());
        unsigned.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        unsigned.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        expectRefused(unsigned.getCompactSerialization());
    }

    @Test
    void aTokenSignedWithThePublicKeyAsASecretIsRefused() throws Exception {
        JsonWebSignature confused = new JsonWebSignature();
        confused.setPayload(claims("chief").toJson());
        confused.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        confused.setKeyIdHeaderValue("first");
        confused.setKey(new HmacKey(key.getPublicKey().getEncoded()));
        expectRefused(confused.getCompactSerialization());
    }
}
