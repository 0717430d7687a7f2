package io.tributary.core.store.object;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the second tier is and what it may take.
 *
 * @param endpoint    of an S3-compatible store; null for AWS
 * @param region      null for what the environment says, and with an endpoint for us-east-1
 * @param prefix      what all keys begin with; may be empty, otherwise ends with a slash
 * @param pathStyle   whether the bucket is in the path of requests and not in the host's name
 * @param credentials null for the SDK's default chain
 * @param cacheBytes  of files for what was read back, at least {@link #MIN_CACHE_BYTES}
 * @param partBytes   what is larger is uploaded in parts of this size, 5 MiB to 1 GiB; memory for one is taken by every transfer
 * @param transfers   how many uploads, and how many reads, there are at a time, 1 to 64
 */
public record TierSettings(@Nullable URI endpoint, @Nullable String region, String bucket, String prefix, boolean pathStyle,
                           @Nullable Credentials credentials, long cacheBytes, int partBytes, int transfers) {
    public static final long MIN_CACHE_BYTES = 64L << 20;
    /** S3's smallest part. */
    public static final int MIN_PART_BYTES = 5 << 20;
    public static final int MAX_PART_BYTES = 1 << 30;
    public static final int MAX_TRANSFERS = 64;
    private static final long DEFAULT_CACHE_BYTES = 4L << 30;
    private static final int DEFAULT_PART_BYTES = 8 << 20;
    private static final int DEFAULT_TRANSFERS = 4;

    /** A key and its secret, which is not printed. */
    public record Credentials(String accessKey, String secretKey) {
        @Override
        public String toString() {
            return accessKey;
        }
    }

    /** Refuses values out of bounds with {@link ErrorCode#INVALID_ARGUMENT}. */
    public TierSettings {
        if (bucket.isBlank() || !prefix.isEmpty() && !prefix.endsWith("/")) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "a tier needs a bucket, and a prefix ends with a slash");
        }
        if (cacheBytes < MIN_CACHE_BYTES || partBytes < MIN_PART_BYTES || partBytes > MAX_PART_BYTES || transfers < 1
            || transfers > MAX_TRANSFERS) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "the tier's cache, part size or transfers are out of bounds");
        }
    }

    /** A bucket of AWS, with the defaults. */
    public static TierSettings of(String bucket) {
        return new TierSettings(null, null, bucket, "", false, null, DEFAULT_CACHE_BYTES, DEFAULT_PART_BYTES, DEFAULT_TRANSFERS);
    }

    /** Elsewhere than AWS, with the bucket in the path. */
    public TierSettings withEndpoint(URI value, String inRegion) {
        return new TierSettings(value, inRegion, bucket, prefix, true, credentials, cacheBytes, partBytes, transfers);
    }

    public TierSettings withCredentials(Credentials value) {
        return new TierSettings(endpoint, region, bucket, prefix, pathStyle, value, cacheBytes, partBytes, transfers);
    }

    public TierSettings withPrefix(String value) {
        return new TierSettings(endpoint, region, bucket, value, pathStyle, credentials, cacheBytes, partBytes, transfers);
    }

    public TierSettings withSizes(long cache, int part) {
        return new TierSettings(endpoint, region, bucket, prefix, pathStyle, credentials, cache, part, transfers);
    }
}
