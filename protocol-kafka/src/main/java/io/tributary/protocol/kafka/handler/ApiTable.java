package io.tributary.protocol.kafka.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/** All that is served. The ApiVersions answer is made of it, so that what is advertised is what is implemented. */
public final class ApiTable {
    private final Map<Short, ApiHandler<?>> byKey;

    /** The given handlers, and ApiVersions for them. */
    public ApiTable(Collection<ApiHandler<?>> handlers, String clusterId, int nodeId) {
        List<ApiHandler<?>> all = new ArrayList<>(handlers);
        all.add(new ApiVersionsHandler(this::advertised, clusterId, nodeId));
        Map<Short, ApiHandler<?>> map = new TreeMap<>();
        for (ApiHandler<?> handler : all) {
            if (map.put(handler.api().id, handler) != null) {
                throw new IllegalArgumentException("two handlers of " + handler.api().name);
            }
        }
        this.byKey = Collections.unmodifiableMap(map);
    }

    /** The handler of an API key, or null when it is not served. */
    public @Nullable ApiHandler<?> find(short apiKey) {
        return byKey.get(apiKey);
    }

    /** The handler of a request, or null when its version is not served. */
    public @Nullable ApiHandler<?> find(RequestHeader header) {
        ApiHandler<?> handler = byKey.get(header.apiKey().id);
        boolean unstable = handler != null && header.isApiVersionSupported() && header.apiVersion() > handler.latestVersion();
        return unstable ? null : handler;
    }

    /** By API key. */
    public Collection<ApiHandler<?>> handlers() {
        return byKey.values();
    }

    private ApiVersionCollection advertised() {
        ApiVersionCollection versions = new ApiVersionCollection(byKey.size());
        for (ApiHandler<?> handler : byKey.values()) {
            versions.add(new ApiVersion().setApiKey(handler.api().id).setMinVersion(handler.advertisedOldestVersion())
                .setMaxVersion(handler.latestVersion()));
        }
        return versions;
    }
}
