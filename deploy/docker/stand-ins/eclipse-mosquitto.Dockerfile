# Stand-in for eclipse-mosquitto if no image can be pulled: same paths, Debian's version.
FROM pollux/debian:bookworm
LABEL io.pollux.stand-in=true
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto mosquitto-clients && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /mosquitto/config /mosquitto/data /mosquitto/log && usermod --uid 1883 mosquitto && chown -R mosquitto /mosquitto
USER mosquitto
EXPOSE 1883
CMD ["/usr/sbin/mosquitto", "-c", "/mosquitto/config/mosquitto.conf"]
