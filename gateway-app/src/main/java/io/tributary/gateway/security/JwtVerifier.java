package io.tributary.gateway.security;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Namespace;
import io.tributary.core.security.Principal;
import io.tributary.core.security.Proof;
import io.tributary.core.security.TokenVerifier;
import io.tributary.gateway.config.ConfigurationException;
import io.tributary.gateway.config.SecurityProperties;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jose4j.http.Get;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks JWTs (RFC 7519): the signature by an asymmetric key of the issuer's, times, issuer, audience. On threads of its own, for keys may
 * have to be fetched. Safe on any thread.
 */
public final class JwtVerifier implements TokenVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(JwtVerifier.class);
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 1000;
    private static final int KEEP_ALIVE_SECONDS = 10;
    private static final int MAX_NAME = 250;
    private static final int MAX_TOKEN = 64 << 10;
    private static final int MAX_KEYS = 1 << 20;
    private static final int CONNECT_TIMEOUT_MS = 3000;
    private static final int READ_TIMEOUT_MS = 5000;
    private static final long REFRESH_MS = 1000;
    private static final long RETAIN_SECONDS = 3600;
    private static final AlgorithmConstraints SIGNED = new AlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT,
        AlgorithmIdentifiers.RSA_USING_SHA256, AlgorithmIdentifiers.RSA_USING_SHA384, AlgorithmIdentifiers.RSA_USING_SHA512,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA256, AlgorithmIdentifiers.RSA_PSS_USING_SHA384, AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256, AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
        AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private final JwtConsumer consumer;
    private final String principalClaim;
    private final @Nullable String namespaceClaim;
    private final ThreadPoolExecutor threads;

    /** Reads the file of keys, if that is where they are; fails with a ConfigurationException. */
    public JwtVerifier(SecurityProperties.OAuth settings) {
        consumer = consumer(settings);
        principalClaim = settings.principalClaim();
        namespaceClaim = settings.namespaceClaim();
        threads = new ThreadPoolExecutor(THREADS, THREADS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
                Thread thread = new Thread(task, "tributary-tokens");
                thread.setDaemon(true);
                return thread;
            });
        threads.allowCoreThreadTimeOut(true);
    }

    private static JwtConsumer consumer(SecurityProperties.OAuth settings) {
        JwtConsumerBuilder builder = new JwtConsumerBuilder().setRequireExpirationTime()
            .setAllowedClockSkewInSeconds((int) settings.clockSkew().toSeconds());
        if (settings.issuer() != null) {
            builder.setExpectedIssuer(settings.issuer());
        }
        if (settings.audience().isEmpty()) {
            builder.setSkipDefaultAudienceValidation();
        } else {
            builder.setExpectedAudience(settings.audience().toArray(String[]::new));
        }
        if (settings.allowUnsigned()) {
            LOG.warn("tributary.security.oauth.allow-unsigned is set: tokens are believed without a signature");
            return builder.setDisableRequireSignature().setSkipVerificationKeyResolutionOnNone()
                .setJwsAlgorithmConstraints(AlgorithmConstraints.ALLOW_ONLY_NONE).build();
        }
        builder.setJwsAlgorithmConstraints(SIGNED);
        if (settings.jwksUrl() != null) {
            return builder.setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(keysAt(settings.jwksUrl()))).build();
        }
        if (settings.jwksFile() == null) {
            throw new ConfigurationException("tributary.security.oauth has no keys");
        }
        try {
            JsonWebKeySet keys = new JsonWebKeySet(Files.readString(settings.jwksFile()));
            return builder.setVerificationKeyResolver(new JwksVerificationKeyResolver(keys.getJsonWebKeys())).build();
        } catch (IOException | JoseException e) {
            throw new ConfigurationException("the keys in " + settings.jwksFile() + " (tributary.security.oauth.jwks-file) cannot be read: "
                + e.getMessage(), e);
        }
    }

    /** What was fetched counts on for a while when the issuer cannot be asked; asking it again does not take long. */
    private static HttpsJwks keysAt(URI url) {
        Get get = new Get();
        get.setConnectTimeout(CONNECT_TIMEOUT_MS);
        get.setReadTimeout(READ_TIMEOUT_MS);
        get.setRetries(0);
        get.setResponseBodySizeLimit(MAX_KEYS);
        HttpsJwks keys = new HttpsJwks(url.toString());
        keys.setSimpleHttpGet(get);
        keys.setRefreshReprieveThreshold(REFRESH_MS);
        keys.setRetainCacheOnErrorDuration(RETAIN_SECONDS);
        return keys;
    }

    @Override
    public CompletionStage<Proof> verify(String token) {
        if (token.length() > MAX_TOKEN) {
            return CompletableFuture.failedFuture(refusal("the token is too long", null));
        }
        try {
            return CompletableFuture.supplyAsync(() -> read(token), threads);
        } catch (RejectedExecutionException busy) {
            return CompletableFuture.failedFuture(refusal("too many clients are waiting to be let in; try again", busy));
        }
    }

    private Proof read(String token) {
        try {
            JwtClaims claims = consumer.processToClaims(token);
            String name = claims.getStringClaimValue(principalClaim);
            if (name == null || name.isEmpty() || name.length() > MAX_NAME || name.equals(Principal.ANONYMOUS.name())) {
                throw refusal("the token's claim '" + principalClaim + "' is no name", null);
            }
            return new Proof(new Principal(name, namespace(claims)), claims.getExpirationTime().getValueInMillis());
        } catch (InvalidJwtException | MalformedClaimException e) {
            LOG.debug("a token is refused", e);
            throw refusal("the token is not valid", e);
        }
    }

    /** A token without the claim is for the default namespace, or the one that the configuration gives its name. */
    private Namespace namespace(JwtClaims claims) throws MalformedClaimException {
        String claim = namespaceClaim;
        String named = claim == null ? null : claims.getStringClaimValue(claim);
        if (named == null) {
            return Namespace.DEFAULT;
        }
        if (named.isEmpty() || named.length() > MAX_NAME) {
            throw refusal("the token's claim '" + claim + "' is no namespace", null);
        }
        return new Namespace(named);
    }

    private static BrokerException refusal(String message, @Nullable Throwable cause) {
        return cause == null ? new BrokerException(ErrorCode.AUTHENTICATION_FAILED, message)
            : new BrokerException(ErrorCode.AUTHENTICATION_FAILED, message, cause);
    }
}
