module gonym.test/gvisor

go 1.20

require gvisor.dev/gvisor v0.0.0-20230927004350-cbd86285d259
