package io.tributary.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.channel.embedded.EmbeddedChannel;
import io.tributary.gateway.config.ConfigurationException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    /** A connection from an address. */
    private static EmbeddedChannel from(String address) {
        return new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(address, 1);
            }
        };
    }

    @Test
    void addressesAndNetworksOfBothKindsAreKnown() {
        TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8", "192.168.1.7", "fd00::/8", "2001:db8::1"));
        for (String inside : List.of("10.255.1.1", "192.168.1.7", "fd12::1", "2001:db8::1")) {
            assertThat(proxies.include(from(inside))).as(inside).isTrue();
        }
        for (String outside : List.of("11.0.0.1", "192.168.1.8", "fe80::1", "2001:db8::2")) {
            assertThat(proxies.include(from(outside))).as(outside).isFalse();
        }
        assertThat(new TrustedProxies(List.of()).include(from("127.0.0.1"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "proxy.example.org/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "", "/8"})
    void whatIsNeitherIsRefused(String address) {
        assertThatExceptionOfType(ConfigurationException.class).isThrownBy(() -> new TrustedProxies(List.of(address)))
            .withMessageContaining("tributary.net.trusted-proxies");
    }
}
