package io.tributary.core;

import com.adobe.testing.s3mock.S3MockApplication;
import io.tributary.core.store.object.TierSettings;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LoggingSystem;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An S3 server in this process with an empty bucket. What it holds is gone when it stops. */
public final class TestObjectStore implements AutoCloseable {
    private static final String BUCKET = "tributary-test";
    private static final String REGION = "us-east-1";
    private static final String KEY = "key";
    private static final long CACHE_BYTES = TierSettings.MIN_CACHE_BYTES;

    private final S3MockApplication server;
    private final URI endpoint;
    private final S3AsyncClient client;
    private boolean stopped;

    private TestObjectStore(S3MockApplication server) {
        this.server = server;
        this.endpoint = URI.create("http://127.0.0.1:" + port(server));
        this.client = S3AsyncClient.builder().endpointOverride(endpoint).forcePathStyle(true).region(Region.of(REGION))
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY))).build();
        client.createBucket(request -> request.bucket(BUCKET)).join();
    }

    @SuppressWarnings("deprecation") // the other port is HTTPS with a certificate that nobody knows
    private static int port(S3MockApplication server) {
        return server.getHttpPort();
    }

    /** Starts on free ports; takes some seconds. */
    public static TestObjectStore start() {
        // The test's own logging stays as it is.
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        Map<String, Object> settings = new HashMap<>(Map.of(S3MockApplication.PROP_HTTP_PORT, "0", S3MockApplication.PROP_HTTPS_PORT, "0",
            "spring.main.banner-mode", "off"));
        return new TestObjectStore(S3MockApplication.start(settings));
    }

    /** What a broker is given to use it. */
    public TierSettings settings() {
        return TierSettings.of(BUCKET).withEndpoint(endpoint, REGION).withCredentials(new TierSettings.Credentials(KEY, KEY))
            .withSizes(CACHE_BYTES, TierSettings.MIN_PART_BYTES);
    }

    public List<String> keys() {
        return client.listObjectsV2(request -> request.bucket(BUCKET)).join().contents().stream().map(S3Object::key).toList();
    }

    public byte[] object(String key) {
        return client.getObject(request -> request.bucket(BUCKET).key(key), AsyncResponseTransformer.toBytes()).join().asByteArray();
    }

    /** Begins an upload that nobody will end. */
    public void leaveUpload(String key) {
        client.createMultipartUpload(request -> request.bucket(BUCKET).key(key)).join();
    }

    public int unfinishedUploads() {
        return client.listMultipartUploads(request -> request.bucket(BUCKET)).join().uploads().size();
    }

    /** From now on connections are refused. */
    public void stop() {
        if (!stopped) {
            stopped = true;
            client.close();
            server.stop();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
