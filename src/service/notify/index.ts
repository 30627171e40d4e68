export {
  createNotifier,
  type Notifier,
  type NotifierContext,
  type NotifierRequest,
} from './notifier.js';
