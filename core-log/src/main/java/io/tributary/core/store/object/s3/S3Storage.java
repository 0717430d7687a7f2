package io.tributary.core.store.object.s3;

import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.store.object.ObjectStorage;
import io.tributary.core.store.object.TierSettings;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket of Amazon S3 or of a store that speaks its protocol. What is sent carries an MD5, which every such store checks; what is read is
 * checked by whoever asked. Requests that fail in passing are tried three times with growing pauses.
 */
public final class S3Storage implements ObjectStorage {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** One part on a slow line. */
    private static final Duration WRITE_TIMEOUT = Duration.ofMinutes(2);
    /** Clients wait for what is read. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration READ_TIMEOUT_IN_ALL = Duration.ofSeconds(25);
    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;

    private final S3AsyncClient client;
    private final String bucket;
    private final String place;
    private final int partBytes;

    private S3Storage(S3AsyncClient client, TierSettings settings) {
        this.client = client;
        this.bucket = settings.bucket();
        this.place = settings.endpoint() == null ? "S3" : settings.endpoint().toString();
        this.partBytes = settings.partBytes();
    }

    /** Connects when it is first used. Fails with INVALID_ARGUMENT when the SDK finds neither region nor credentials. */
    public static S3Storage open(TierSettings settings) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().connectionTimeout(CONNECT_TIMEOUT)
                .maxConcurrency(2 * settings.transfers() + 2))
            .overrideConfiguration(common -> common.retryStrategy(RetryMode.STANDARD).apiCallAttemptTimeout(WRITE_TIMEOUT))
            // Trailing checksums are not understood by every store.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .forcePathStyle(settings.pathStyle());
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        // Most other stores have none; the signature needs one.
        String region = settings.region() == null && settings.endpoint() != null ? Region.US_EAST_1.id() : settings.region();
        if (region != null) {
            builder.region(Region.of(region));
        }
        TierSettings.Credentials credentials = settings.credentials();
        if (credentials != null) {
            builder.credentialsProvider(StaticCredentialsProvider.create(
                AwsBasicCredentials.create(credentials.accessKey(), credentials.secretKey())));
        }
        try {
            return new S3Storage(builder.build(), settings);
        } catch (SdkException e) {
            throw new BrokerException(ErrorCode.INVALID_ARGUMENT, "the object store cannot be used: " + reason(e), e);
        }
    }

    @Override
    public void check() {
        try {
            client.headBucket(request -> request.bucket(bucket)).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException(ErrorCode.CLOSED, "interrupted", e);
        } catch (ExecutionException e) {
            throw refused(e.getCause());
        } catch (SdkException e) {
            throw refused(e);
        }
    }

    private BrokerException refused(@Nullable Throwable cause) {
        if (cause instanceof S3Exception answer && answer.statusCode() == NOT_FOUND) {
            return new BrokerException(ErrorCode.STORAGE_FAILURE, "there is no bucket " + bucket + " in " + place, answer);
        }
        if (cause instanceof S3Exception answer && answer.statusCode() == FORBIDDEN) {
            return new BrokerException(ErrorCode.STORAGE_FAILURE, "the credentials do not open the bucket " + bucket + " in " + place,
                answer);
        }
        return failure("the bucket " + bucket + " in " + place + " cannot be reached", cause);
    }

    @Override
    public void put(String key, Source source) throws InterruptedException {
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(partBytes, source.size()));
        source.read(part);
        if (source.size() <= partBytes) {
            ByteBuffer all = part.flip();
            String md5 = md5(all);
            call("cannot store " + key, () -> client.putObject(request -> request.bucket(bucket).key(key).contentMD5(md5), body(all)));
        } else {
            putParts(key, source, part);
        }
    }

    private void putParts(String key, Source source, ByteBuffer part) throws InterruptedException {
        String upload = call("cannot store " + key,
            () -> client.createMultipartUpload(request -> request.bucket(bucket).key(key))).uploadId();
        boolean complete = false;
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (part.flip(); part.hasRemaining(); part.flip()) {
                parts.add(putPart(key, upload, parts.size() + 1, part));
                part.clear();
                source.read(part);
            }
            call("cannot store " + key, () -> client.completeMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload)
                .multipartUpload(all -> all.parts(parts))));
            complete = true;
        } finally {
            if (!complete) {
                // Not waited for: the store may be what fails, and the next start looks for it again.
                CompletableFuture<?> unused = client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
            }
        }
    }

    private CompletedPart putPart(String key, String upload, int number, ByteBuffer part) throws InterruptedException {
        String md5 = md5(part);
        String tag = call("cannot store part " + number + " of " + key, () -> client.uploadPart(
            request -> request.bucket(bucket).key(key).uploadId(upload).partNumber(number).contentMD5(md5), body(part))).eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private static AsyncRequestBody body(ByteBuffer bytes) {
        return AsyncRequestBody.fromByteBufferUnsafe(bytes.asReadOnlyBuffer());
    }

    private static String md5(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(bytes.duplicate());
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    @Override
    public ByteBuffer get(String key, long position, int length) throws MissingObjectException, InterruptedException {
        try {
            return await(client.getObject(request -> request.bucket(bucket).key(key)
                .range("bytes=" + position + "-" + (position + length - 1))
                .overrideConfiguration(timeouts -> timeouts.apiCallAttemptTimeout(READ_TIMEOUT).apiCallTimeout(READ_TIMEOUT_IN_ALL)),
                AsyncResponseTransformer.toBytes())).asByteBuffer();
        } catch (NoSuchKeyException e) {
            throw new MissingObjectException(key);
        } catch (SdkException e) {
            throw failure("cannot read " + key, e);
        }
    }

    @Override
    public void delete(String key) throws InterruptedException {
        call("cannot delete " + key, () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    @Override
    public void list(String prefix, Consumer<List<String>> pages) throws InterruptedException {
        String token = null;
        do {
            String from = token;
            ListObjectsV2Response page = call("cannot list " + prefix,
                () -> client.listObjectsV2(request -> request.bucket(bucket).prefix(prefix).continuationToken(from)));
            pages.accept(page.contents().stream().map(S3Object::key).toList());
            token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (token != null);
    }

    @Override
    public List<Unfinished> unfinished(String prefix) throws InterruptedException {
        List<Unfinished> all = new ArrayList<>();
        String key = null;
        String upload = null;
        boolean more;
        do {
            String fromKey = key;
            String fromUpload = upload;
            ListMultipartUploadsResponse page = call("cannot list the uploads of " + prefix, () -> client.listMultipartUploads(
                request -> request.bucket(bucket).prefix(prefix).keyMarker(fromKey).uploadIdMarker(fromUpload)));
            page.uploads().forEach(one -> all.add(new Unfinished(one.key(), one.uploadId())));
            key = page.nextKeyMarker();
            upload = page.nextUploadIdMarker();
            more = Boolean.TRUE.equals(page.isTruncated()) && key != null;
        } while (more);
        return all;
    }

    @Override
    public void abort(Unfinished upload) throws InterruptedException {
        try {
            await(client.abortMultipartUpload(request -> request.bucket(bucket).key(upload.key()).uploadId(upload.upload())));
        } catch (NoSuchUploadException ended) {
            // As it should be.
        } catch (SdkException e) {
            throw failure("cannot give up the upload of " + upload.key(), e);
        }
    }

    private <T> T call(String what, Supplier<CompletableFuture<T>> request) throws InterruptedException {
        try {
            return await(request.get());
        } catch (SdkException e) {
            throw failure(what, e);
        }
    }

    /** Waits; throws what the SDK failed with. */
    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SdkException sdk) {
                throw sdk;
            }
            throw new BrokerException(ErrorCode.STORAGE_FAILURE, "the object store's client failed: " + e.getCause(), e);
        }
    }

    private static BrokerException failure(String what, @Nullable Throwable cause) {
        return new BrokerException(ErrorCode.STORAGE_FAILURE, what + ": " + reason(cause),
            cause == null ? new IllegalStateException() : cause);
    }

    /** One line. */
    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof S3Exception answer && answer.awsErrorDetails() != null) {
            return answer.statusCode() + " " + answer.awsErrorDetails().errorCode() + " " + answer.awsErrorDetails().errorMessage();
        }
        String message = String.valueOf(cause == null ? null : cause.getMessage());
        return message.lines().findFirst().orElse(message);
    }

    @Override
    public void close() {
        client.close();
    }
}
