# Sidekiq on Redis: its own client and worker, ten threads.
#
#   ruby sidekiq_peer.rb submit COUNT | bulk COUNT SIZE | latency COUNT       sidekiq -r ./sidekiq_peer.rb
#
# BENCH_REDIS is the server's address. BENCH_STARTS is a file of one 64-bit number a job, in which the handler of job i
# writes when it started (nanoseconds, monotonic). Every command prints one JSON object.
require "json"
require "sidekiq"

WARM_UP = 20
STARTS = File.open(ENV.fetch("BENCH_STARTS"), "r+b")

Sidekiq.configure_server { |config| config.redis = { url: ENV.fetch("BENCH_REDIS"), size: 15 } }
Sidekiq.configure_client { |config| config.redis = { url: ENV.fetch("BENCH_REDIS") } }
Sidekiq.logger.level = Logger::ERROR
# This Sidekiq calls what this redis-rb warns about; a line of warning a job would be measured, too.
Redis.silence_deprecations = true
Redis.sadd_returns_boolean = false

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
def started(number) = STARTS.pread(8, number * 8).unpack1("Q")

class Nothing
  include Sidekiq::Worker

  def perform(payload)
    STARTS.pwrite([now].pack("Q"), payload["i"] * 8)
  end
end

# 200 bytes as JSON.
def arguments(number) = { "i" => number, "p" => "x" * (200 - '{"i":,"p":""}'.size - number.to_s.size) }

def answer(count, spent: nil, samples: nil)
  figures = { jobs: count }
  figures[:jobs_per_second] = count * 1e9 / spent if spent
  if samples
    samples.sort!
    figures[:p50_us] = samples[samples.size / 2] / 1e3
    figures[:p99_us] = samples[samples.size * 99 / 100] / 1e3
  end
  puts JSON.generate(figures)
end

def submit(count)
  Nothing.perform_async(arguments(count)) # opens the connection
  samples = []
  began = last = now
  count.times do |number|
    Nothing.perform_async(arguments(number))
    moment = now
    samples << moment - last
    last = moment
  end
  answer(count, spent: last - began, samples: samples)
end

def bulk(count, size)
  began = now
  (0...count).each_slice(size) do |numbers|
    Sidekiq::Client.push_bulk("class" => Nothing, "args" => numbers.map { |number| [arguments(number)] })
  end
  answer(count, spent: now - began)
end

def latency(count)
  samples = []
  (count + WARM_UP).times do |number|
    began = now
    Nothing.perform_async(arguments(number))
    while started(number).zero?
      abort "sidekiq_peer: a job never started" if now - began > 20_000_000_000
      sleep 0.0005
    end
    samples << started(number) - began if number >= WARM_UP
    sleep 0.002 + 0.001 * (number % 3)
  end
  answer(count, samples: samples)
end

if $PROGRAM_NAME == __FILE__
  case ARGV[0]
  when "submit" then submit(ARGV[1].to_i)
  when "bulk" then bulk(ARGV[1].to_i, ARGV[2].to_i)
  when "latency" then latency(ARGV[1].to_i)
  else abort "usage: sidekiq_peer.rb submit COUNT | bulk COUNT SIZE | latency COUNT"
  end
end
