/** A valid and a rejected example for each section; others are made of the section's first option. */
export const configExamples: Readonly<Record<string, readonly [valid: string, rejected: string]>> =
  {
    Model: [
      'model: small\ntranscribeModel: small\ndevice: cpu\nthreads: 4',
      'engine: vosk\nthreads: 0',
    ],
    Recognition: ['language: de\nbeamSize: 5', 'language: German\nwindowS: 60'],
    'Speech detection': [
      'vad:\n  threshold: 0.6\n  speechPadMs: 100',
      'vad:\n  threshold: 0.3\n  negThreshold: 0.4',
    ],
    Output: [
      'format: [srt, vtt]\noutputDir: subtitles',
      'format: [srt, docx]\noverwrite: sometimes',
    ],
    Subtitles: [
      'subtitles:\n  lineWidth: 37\n  gapMs: 80',
      'subtitles:\n  lines: 3\n  readingSpeed: 12\n  targetReadingSpeed: 14',
    ],
    Mux: [
      'mux:\n  container: mkv\n  defaultTrack: es',
      'mux:\n  container: avi\n  defaultTrack: Spanish',
    ],
    Glossary: [
      'glossary: [terms.tsv]\nnames: [glossary/names.tsv]\nglossaryHints: false',
      'glossary: {}\nglossaryEnforce: sometimes',
    ],
    Translation: [
      'translation:\n  beamSize: 4\ntranslateComputeType: int8\nsentences:\n  maxPauseS: 1.5',
      'translation:\n  minLength: 20\n  maxLength: 10',
    ],
    TMDB: ['tmdb:\n  title: Metropolis\n  year: 1927', 'tmdb:\n  kind: play\n  year: 27'],
    Jobs: ['jobsDir: work/jobs', 'jobsDir: ""'],
    'Live captions': ['live:\n  maxSessions: 4\n  endSilenceMs: 400', 'live:\n  maxSegmentS: 60'],
    Server: ['host: 0.0.0.0\nport: 9000\nmaxQueue: 50', 'port: 70000'],
    Health: ['minDiskGb: 50\nminMemoryGb: 4', 'minDiskGb: much'],
    Metrics: [
      'metricsTextfile: /var/lib/node_exporter/cpw_native.prom',
      'metricsTextfile: metrics.txt\nmetricsPush: localhost',
    ],
    Tracing: [
      'otlpEndpoint: http://127.0.0.1:4318\ntraceSampleRate: 0.1',
      'otlpEndpoint: 127.0.0.1\ntraceSampleRate: 10',
    ],
    Log: ['logFile: log/cpw.log\nlogMaxMb: 50\nlogKeepDays: 14', 'logFile: ""\nlogKeepDays: 0'],
    Notices: [
      'notificationsEnabled: true\nsmtpServer: mail.example.org\nalertEmail: ops@example.org',
      'notifyWebhook: ftp://example.org\nalertEmail: ops',
    ],
    Backup: [
      'backupTo: s3://bucket/cpw\nbackupKeyFile: /etc/cpw-native/backup-key.txt\nkeepDays: 90',
      'backupTo: "s3:bucket"\nkeepDays: 0',
    ],
    'Error reports': [
      'environment: staging\ntracesSampleRate: 0.5',
      'environment: "my machine"\ntracesSampleRate: 10',
    ],
    Faults: [
      'maxRetries: 5\ninitialDelayS: 2\nstallS: 600',
      'maxRetries: -1\nstageTimeoutFactor: long',
    ],
    General: ['logLevel: warn', 'logLevel: loud\nquite: true'],
  };
