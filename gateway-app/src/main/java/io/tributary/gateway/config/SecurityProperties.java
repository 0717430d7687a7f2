package io.tributary.gateway.config;

import io.tributary.core.model.Namespace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may come in and do what; {@code tributary.security}.
 *
 * @param enabled      whether clients must say who they are, and ACLs count; null for: if there are users or tokens
 * @param users        name to password
 * @param namespaces   name to namespace, of these and of names in certificates and tokens; the others are in the default one
 * @param superUsers   whom no ACL is asked for; null for all of {@code users}
 * @param anonymous    whether clients may come in without saying who they are, as the user ANONYMOUS
 * @param allowIfNoAcl whether everybody may use what no ACL is about
 * @param oauth        bearer tokens
 */
public record SecurityProperties(@Nullable Boolean enabled, @DefaultValue Map<String, String> users,
                                 @DefaultValue Map<String, String> namespaces, @Nullable Set<String> superUsers,
                                 @DefaultValue("false") boolean anonymous, @DefaultValue("false") boolean allowIfNoAcl,
                                 @DefaultValue OAuth oauth) {
    private static final int MAX_NAMESPACE = 255;

    /** Refuses empty passwords, and what is no name of a namespace. */
    public SecurityProperties {
        users = Map.copyOf(users);
        namespaces = Map.copyOf(namespaces);
        namespaces.forEach((name, namespace) -> TributaryProperties.require(!namespace.isEmpty() && namespace.length() <= MAX_NAMESPACE,
            "tributary.security.namespaces." + name + " is '" + namespace + "'; a namespace's name has 1 to " + MAX_NAMESPACE
                + " characters"));
        users.forEach((name, password) ->
            TributaryProperties.require(!password.isEmpty(), "tributary.security.users." + name + " has no password"));
    }

    /** Whether anything is asked of clients. */
    public boolean isOn() {
        return enabled == null ? !users.isEmpty() || oauth.isOn() : enabled;
    }

    /** The namespaces by the names that are in them. */
    public Map<String, Namespace> namespacesByName() {
        return namespaces.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> new Namespace(entry.getValue())));
    }

    /** Those whom no ACL is asked for. */
    public Set<String> superUserNames() {
        return superUsers == null ? users.keySet() : superUsers;
    }

    /**
     * What makes a JWT one of ours. Tokens are refused unless there are keys, or unsigned ones are allowed.
     *
     * @param jwksUrl        where the issuer has its public keys
     * @param jwksFile       a file with them
     * @param issuer         what {@code iss} must be; null for anything
     * @param audience       what {@code aud} must have one of; empty for anything
     * @param principalClaim the claim that holds the name
     * @param namespaceClaim the claim that holds the namespace; null for none, and the one that the configuration gives the name
     * @param clockSkew      by how much a token may be too old or too new
     * @param allowUnsigned  whether tokens are believed without a signature; for development
     */
    public record OAuth(@Nullable URI jwksUrl, @Nullable Path jwksFile, @Nullable String issuer, @DefaultValue List<String> audience,
                        @DefaultValue("sub") String principalClaim, @Nullable String namespaceClaim,
                        @DefaultValue("30s") Duration clockSkew, @DefaultValue("false") boolean allowUnsigned) {
        private static final Duration MAX_SKEW = Duration.ofMinutes(10);

        public OAuth {
            TributaryProperties.require(jwksUrl == null || jwksFile == null,
                "of tributary.security.oauth.jwks-url and jwks-file only one can be set");
            TributaryProperties.require(!allowUnsigned || jwksUrl == null && jwksFile == null,
                "tributary.security.oauth.allow-unsigned does not go with keys");
            TributaryProperties.require(jwksUrl == null || "http".equals(jwksUrl.getScheme()) || "https".equals(jwksUrl.getScheme()),
                "tributary.security.oauth.jwks-url is " + jwksUrl + "; it must be a URL of http or https");
            TributaryProperties.require(!principalClaim.isBlank(), "tributary.security.oauth.principal-claim is empty");
            TributaryProperties.require(!clockSkew.isNegative() && clockSkew.compareTo(MAX_SKEW) <= 0,
                "tributary.security.oauth.clock-skew is " + clockSkew + "; it may be 0 s to 10 min");
        }

        /** Whether tokens are taken. */
        public boolean isOn() {
            return jwksUrl != null || jwksFile != null || allowUnsigned;
        }
    }

    @Override
    public String toString() {
        return "Security" + users.keySet();
    }
}
