import type { Message } from '../message';

export const terminals = {
  'manager.terminals': 'الشاشات',
  'kind.terminal': 'شاشة',

  'terminals.pair': 'اقتران شاشة',
  'terminals.none':
    'لا توجد شاشات مقترنة بعد. الشاشة الجديدة التي تفتح هذا الخادم تعرض رمزًا: اكتبه هنا.',
  'terminals.waiting': {
    zero: 'لا شاشة تنتظر',
    one: 'شاشة واحدة تنتظر',
    two: 'شاشتان تنتظران',
    few: '{n} شاشات تنتظر',
    many: '{n} شاشة تنتظر',
    other: '{n} شاشة تنتظر',
  },
  'terminals.trusted': 'أي جهاز على هذه الشبكة يمكنه تسجيل الدخول',
  'terminals.code': 'الرمز',
  'terminals.codeWhere': 'تعرضه الشاشة الجديدة.',
  'terminals.wrongCode': {
    zero: 'لا شاشة تعرض هذا الرمز. لم تبق محاولة',
    one: 'لا شاشة تعرض هذا الرمز. بقيت محاولة واحدة',
    two: 'لا شاشة تعرض هذا الرمز. بقيت محاولتان',
    few: 'لا شاشة تعرض هذا الرمز. بقيت {n} محاولات',
    many: 'لا شاشة تعرض هذا الرمز. بقيت {n} محاولة',
    other: 'لا شاشة تعرض هذا الرمز. بقيت {n} محاولة',
  },
  'terminals.letIn': 'السماح لها',
  'terminals.name': 'الاسم',
  'terminals.opens': 'تفتح على',
  'terminals.role': 'لمن',
  'terminals.anyRole': 'الجميع',
  'terminals.roleMeans': 'لا أحد يفعل هناك أكثر مما يُسمح لهذا الدور، حتى المدير.',
  'terminals.seen': 'آخر اتصال قبل {ago}',
  'terminals.unseen': 'لا اتصال منذ تشغيل الخادم',
  'terminals.this': 'هذه الشاشة',
  'terminals.by': 'أقرنها {name}، {time}',
  'terminals.revoke': 'إخراج',
  'terminals.revoked': 'أُخرجت {name}',

  'attention.kind.pairing_waits': 'شاشة تنتظر الاقتران',
} as const satisfies Record<string, Message>;
