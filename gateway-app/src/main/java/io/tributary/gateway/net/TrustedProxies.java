package io.tributary.gateway.net;

import io.netty.channel.Channel;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.tributary.gateway.config.ConfigurationException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses from which connections begin with a PROXY header. From anywhere else such a header is not believed, or even read. */
final class TrustedProxies {
    private final List<IpSubnetFilterRule> networks = new ArrayList<>();

    /** Takes addresses and networks, {@code 10.0.0.7} and {@code 10.0.0.0/8}; fails with a ConfigurationException. */
    TrustedProxies(List<String> addresses) {
        for (String address : addresses) {
            int slash = address.indexOf('/');
            String host = slash < 0 ? address : address.substring(0, slash);
            boolean v6 = NetUtil.isValidIpV6Address(host);
            // Names are not looked up.
            if (!v6 && !NetUtil.isValidIpV4Address(host)) {
                throw notAnAddress(address, null);
            }
            try {
                networks.add(new IpSubnetFilterRule(slash < 0 ? address + (v6 ? "/128" : "/32") : address, IpFilterRuleType.ACCEPT));
            } catch (IllegalArgumentException e) {
                throw notAnAddress(address, e);
            }
        }
    }

    private static ConfigurationException notAnAddress(String address, @Nullable Exception cause) {
        String message = "tributary.net.trusted-proxies has '" + address + "', which is neither an IP address nor a network";
        return cause == null ? new ConfigurationException(message) : new ConfigurationException(message, cause);
    }

    boolean include(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
            && networks.stream().anyMatch(network -> network.matches(remote));
    }
}
